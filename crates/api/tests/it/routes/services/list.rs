//! `GET /api/admin/services`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn a_new_book_has_the_default_services() {
    let app = TestApp::start().await;
    insta::assert_snapshot!(app.get("/api/admin/services").send().await);
}

#[tokio::test]
async fn every_refusal_of_a_list_of_services() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listServices");
    cases.add_form(&app, &app.get("/api/admin/services")).await;
    insta::assert_snapshot!(cases.finish());
}
