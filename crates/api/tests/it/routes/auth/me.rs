//! `GET /api/auth/me`

use domain::{Role, Time};
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/auth/me";

#[tokio::test]
async fn somebody_is_who_they_are() {
    let app = TestApp::start().await;
    let root = app.sign_in("root@example.com", Role::Admin).await;
    insta::assert_snapshot!(root.get(PATH).send().await);
}

#[tokio::test]
async fn every_refusal_of_who_somebody_is() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let mut cases = Cases::of("getMe");
    cases.add_form(&app, &ada.get(PATH)).await;
    for (name, token) in [("no session", "st_0"), ("no token at all", "x"), ("two dots", "a.b.c")] {
        cases.add(name, &ada.get(PATH).by(token).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}

#[tokio::test]
async fn a_session_ends_after_a_week_without_use() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    for (days, status) in [(6, 200), (6, 200), (7, 401)] {
        app.hands().pass(days * Time::DAY);
        assert_eq!(ada.get(PATH).send().await.status(), status, "{days}");
    }
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_however_it_is_used() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    for (days, status) in [(6, 200), (6, 200), (6, 200), (6, 200), (5, 200), (1, 401)] {
        app.hands().pass(days * Time::DAY);
        assert_eq!(ada.get(PATH).send().await.status(), status, "{days}");
    }
}
