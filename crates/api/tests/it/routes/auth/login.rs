//! `POST /api/auth/login`

use domain::{Role, Status, Time};
use testkit::{Answer, Call, PASSWORD, TestApp};
use tokio::task::JoinSet;

use crate::cases::Cases;

const PATH: &str = "/api/auth/login";

fn sign_in(app: &TestApp, email: &str, password: &str) -> Call {
    let body = format!(r#"{{"email":"{email}","password":"{password}"}}"#);
    app.post(PATH).without("authorization").json(body)
}

/// How many passwords the server has held against a hash.
async fn evaluated(app: &TestApp) -> String {
    let metrics = app.get("/metrics").send().await;
    let name = "credits_password_evaluations_total ";
    let line = metrics.body().lines().find_map(|line| line.strip_prefix(name));
    line.expect("a counter").to_owned()
}

/// What a client sees, without its secret.
fn shown(answer: &Answer) -> String {
    let token = answer.text("/token");
    assert!(token.starts_with("st_") && token.len() == 67, "{token}");
    let cookie = answer.header("set-cookie").expect("a cookie");
    format!("set-cookie: {cookie}\n{answer}").replace(&token, "st_…")
}

#[tokio::test]
async fn a_person_gets_a_session_as_a_bearer_and_as_a_cookie() {
    let app = TestApp::start().await;
    app.sign_in("ada@example.com", Role::Finance).await;
    let signed_in = sign_in(&app, "ADA@example.com", PASSWORD).send().await;
    let token = signed_in.text("/token");
    let me = app.get("/api/auth/me");
    assert_eq!(me.again().by(&token).send().await.status(), 200);
    let cookie = format!("__Host-credits_session={token}");
    let by_cookie = me.without("authorization").header("cookie", &cookie);
    assert_eq!(by_cookie.send().await.status(), 200);
    insta::assert_snapshot!(shown(&signed_in));
}

#[tokio::test]
async fn every_refusal_of_a_sign_in() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let mut cases = Cases::of("signIn");
    cases.add_form(&app, &sign_in(&app, "ada@example.com", PASSWORD)).await;
    for (name, email, password) in [
        ("no address", "ada", PASSWORD),
        ("no password", "ada@example.com", ""),
        ("a wrong password", "ada@example.com", "wrong"),
        ("an unknown address", "eve@example.com", PASSWORD),
    ] {
        cases.add(name, &sign_in(&app, email, password).send().await);
    }
    app.set_status(ada.id, Status::Suspended).await;
    cases.add("suspended", &sign_in(&app, "ada@example.com", PASSWORD).send().await);
    let wrong = sign_in(&app, "ada@example.com", "wrong").send().await;
    assert_eq!(wrong.code(), "unauthenticated", "who is suspended is told only to themselves");
    for _ in 0..10 {
        sign_in(&app, "eve@example.com", "wrong").send().await;
    }
    cases.add("too many", &sign_in(&app, "eve@example.com", PASSWORD).send().await);
    insta::assert_snapshot!(cases.finish());
}

#[tokio::test]
async fn known_and_unknown_addresses_are_answered_alike() {
    let app = TestApp::start().await;
    app.sign_in("ada@example.com", Role::Admin).await;
    // A customer without any password is known too.
    app.customer("bob").await;
    let before: u64 = evaluated(&app).await.parse().unwrap();
    for attempt in 1..=11_u64 {
        let mut answers = Vec::new();
        for name in ["ada", "bob", "nobody"] {
            let answer = sign_in(&app, &format!("{name}@example.com"), "wrong").send().await;
            assert_eq!(answer.header("set-cookie"), None);
            answers.push(answer.to_string());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        let now: u64 = evaluated(&app).await.parse().unwrap();
        assert_eq!(now - before, 3 * attempt.min(10), "each costs a hash, until none does");
    }
}

#[tokio::test]
async fn of_ten_thousand_wrong_passwords_ten_are_evaluated() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Admin).await;
    let before: u64 = evaluated(&app).await.parse().unwrap();
    let mut guessers = JoinSet::new();
    for _ in 0..8 {
        let wrong = sign_in(&app, "ada@example.com", "wrong");
        guessers.spawn(async move {
            for _ in 0..1_250 {
                let code = wrong.again().send().await.code();
                assert!(["unauthenticated", "rate_limited"].contains(&code.as_str()), "{code}");
            }
        });
    }
    while let Some(done) = guessers.join_next().await {
        done.unwrap();
    }
    let after: u64 = evaluated(&app).await.parse().unwrap();
    assert_eq!(after - before, 10);
    let right = sign_in(&app, "Ada@Example.com", PASSWORD);
    let refused = right.again().send().await;
    assert_eq!((refused.status(), refused.header("retry-after")), (429, Some("900")));
    assert_eq!(ada.get("/api/auth/me").send().await.status(), 200, "her session goes on");
    app.hands().pass(899 * Time::SECOND);
    assert_eq!(right.again().send().await.header("retry-after"), Some("1"));
    app.hands().pass(Time::SECOND);
    assert_eq!(right.again().send().await.status(), 200);
}

#[tokio::test]
async fn a_success_begins_the_count_anew() {
    let app = TestApp::start().await;
    app.sign_in("ada@example.com", Role::Customer).await;
    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(sign_in(&app, "ada@example.com", "wrong").send().await.status(), 401);
        }
        assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).send().await.status(), 200);
    }
}

#[tokio::test]
async fn a_session_is_always_a_new_one_and_the_one_before_ends() {
    let app = TestApp::start().await;
    let mallory = app.sign_in("mallory@example.com", Role::Customer).await;
    app.sign_in("ada@example.com", Role::Customer).await;
    let planted = format!("__Host-credits_session={}", mallory.token);
    let call = sign_in(&app, "ada@example.com", PASSWORD).header("cookie", &planted);
    let signed_in = call.send().await;
    assert_ne!(signed_in.text("/token"), mallory.token);
    assert_eq!(mallory.get("/api/auth/me").send().await.status(), 401);
    let invented = format!("st_{}", "0".repeat(64));
    let cookie = format!("__Host-credits_session={invented}");
    let again = sign_in(&app, "ada@example.com", PASSWORD).header("cookie", &cookie).send().await;
    assert_ne!(again.text("/token"), invented);
    assert_eq!(app.get("/api/auth/me").by(&invented).send().await.status(), 401);
    let first = app.get("/api/auth/me").by(&signed_in.text("/token")).send().await;
    assert_eq!(first.status(), 200, "one elsewhere goes on");
}
