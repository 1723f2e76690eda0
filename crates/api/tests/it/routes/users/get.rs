//! `GET /api/admin/users/{id}`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn a_user_is_who_they_are() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    insta::assert_snapshot!(app.get("/api/admin/users/1").send().await);
}

#[tokio::test]
async fn every_refusal_of_a_user_that_is_looked_at() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("getUser");
    cases.add_form(&app, &app.get("/api/admin/users/1")).await;
    for (name, id) in [("not there", "99"), ("no id", "ada"), ("below 1", "0"), ("a sign", "+1")] {
        cases.add(name, &app.get(&format!("/api/admin/users/{id}")).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
