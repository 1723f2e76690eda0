//! `POST /api/auth/logout`

use domain::Role;
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/auth/logout";

#[tokio::test]
async fn a_session_ends_at_once_and_no_other() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let elsewhere = app.sign_in("ada@example.com", Role::Customer).await;
    assert_eq!(ada.get("/api/auth/me").send().await.status(), 200, "it is remembered");
    let ended = ada.post(PATH).send().await;
    assert_eq!((ended.status(), ended.body()), (204, ""));
    insta::assert_snapshot!(ended.header("set-cookie").expect("a cookie"));
    assert_eq!(ada.get("/api/auth/me").send().await.status(), 401);
    assert_eq!(elsewhere.get("/api/auth/me").send().await.status(), 200);
}

#[tokio::test]
async fn every_refusal_of_a_sign_out() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let mut cases = Cases::of("signOut");
    cases.add_form(&app, &ada.post(PATH)).await;
    ada.post(PATH).send().await;
    cases.add("signed out", &ada.post(PATH).send().await);
    insta::assert_snapshot!(cases.finish());
}
