//! `GET /api/admin/packages/{id}`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/packages/2";

#[tokio::test]
async fn a_package_is_seen_with_its_versions() {
    let app = TestApp::start().await;
    insta::assert_snapshot!(app.get(PATH).send().await);
}

#[tokio::test]
async fn every_refusal_of_a_package_to_see() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("getPackage");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("not there", &app.get("/api/admin/packages/9").send().await);
    insta::assert_snapshot!(cases.finish());
}
