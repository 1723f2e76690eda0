//! `POST /api/auth/register`

use app::{Auth, Registration};
use domain::Mode;
use testkit::{TestApp, TestBook};

use crate::cases::Cases;

const PATH: &str = "/api/auth/register";
const RIGHT: &str = r#"{"email":"Ada@example.com","name":"Ada","password":"correct horse"}"#;

#[tokio::test]
async fn somebody_makes_an_account_and_is_signed_in() {
    let app = TestApp::start().await;
    let made = app.post(PATH).without("authorization").json(RIGHT).send().await;
    let token = made.text("/token");
    let cookie = made.header("set-cookie").expect("a cookie");
    insta::assert_snapshot!(format!("set-cookie: {cookie}\n{made}").replace(&token, "st_…"));
    let balance = app.get("/api/credits/balance").by(&token).send().await;
    assert_eq!(balance.status(), 200, "their wallet is there: {balance}");
    let login = r#"{"email":"ada@example.com","password":"correct horse"}"#;
    assert_eq!(app.post("/api/auth/login").json(login).send().await.status(), 200);
}

#[tokio::test]
async fn every_refusal_of_an_account() {
    let closed = Auth { registration: Some(Registration::Closed), ..TestBook::default().auth };
    let closed = TestApp::start_with(TestBook { auth: closed, ..TestBook::default() }).await;
    let app = TestApp::start().await;
    app.customer("eve").await;
    let mut cases = Cases::of("register");
    cases.add_form(&app, &app.post(PATH).json(RIGHT)).await;
    cases.add("closed", &closed.post(PATH).json(RIGHT).send().await);
    let form = closed.post(PATH).json("{").send().await;
    assert_eq!(form.code(), "forbidden", "who may not is told so first");
    for (name, body) in [
        ("more than a customer", RIGHT.replace('}', r#","role":"admin"}"#)),
        ("a short password", RIGHT.replace("correct horse", "123456789")),
        ("an address that is taken", RIGHT.replace("Ada@", "EVE@")),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}

#[tokio::test]
async fn only_who_says_so_lets_people_make_accounts_in_a_live_book() {
    for (registration, status) in [(None, 403), (Some(Registration::Open), 201)] {
        let auth = Auth { registration, ..TestBook::default().auth };
        let live = TestBook { mode: Mode::Live, auth, ..TestBook::default() };
        let app = TestApp::start_with(live).await;
        assert_eq!(app.post(PATH).json(RIGHT).send().await.status(), status, "{registration:?}");
    }
}
