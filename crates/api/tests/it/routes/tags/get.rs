//! `GET /api/admin/users/{id}/tags`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/users/1/tags";

#[tokio::test]
async fn a_user_has_no_tags_at_first() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    assert_eq!(app.get(PATH).send().await.body(), r#"{"tags":[]}"#);
}

#[tokio::test]
async fn every_refusal_of_tags_to_see() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("getTags");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("nobody there", &app.get("/api/admin/users/9/tags").send().await);
    insta::assert_snapshot!(cases.finish());
}
