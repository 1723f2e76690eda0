//! `POST /api/auth/password`

use domain::Role;
use testkit::{PASSWORD, TestApp};

use crate::cases::Cases;

const PATH: &str = "/api/auth/password";

fn body(current: &str, new: &str) -> String {
    format!(r#"{{"current_password":"{current}","new_password":"{new}"}}"#)
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let elsewhere = app.sign_in("ada@example.com", Role::Customer).await;
    let bob = app.sign_in("bob@example.com", Role::Customer).await;
    assert_eq!(elsewhere.get("/api/auth/me").send().await.status(), 200, "it is remembered");
    let changed = ada.post(PATH).json(body(PASSWORD, "battery staple")).send().await;
    assert_eq!((changed.status(), changed.body()), (204, ""));
    for (person, status) in [(&ada, 200), (&elsewhere, 401), (&bob, 200)] {
        assert_eq!(person.get("/api/auth/me").send().await.status(), status, "{}", person.id);
    }
    for (password, status) in [(PASSWORD, 401), ("battery staple", 200)] {
        let body = format!(r#"{{"email":"ada@example.com","password":"{password}"}}"#);
        let answer = app.post("/api/auth/login").json(body).send().await;
        assert_eq!(answer.status(), status, "{password}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_new_password() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let mut cases = Cases::of("changePassword");
    cases.add_form(&app, &ada.post(PATH).json(body(PASSWORD, "battery staple"))).await;
    for (name, current, new) in [
        ("too short", PASSWORD, "123456789"),
        ("too long", PASSWORD, &"x".repeat(201)),
        ("a NUL", PASSWORD, "battery\\u0000staple"),
        ("not the current one", "wrong", "battery staple"),
    ] {
        cases.add(name, &ada.post(PATH).json(body(current, new)).send().await);
    }
    for _ in 0..9 {
        ada.post(PATH).json(body("wrong", "battery staple")).send().await;
    }
    let right = ada.post(PATH).json(body(PASSWORD, "battery staple")).send().await;
    cases.add("too many", &right);
    insta::assert_snapshot!(cases.finish());
}
