//! `GET /api/admin/services/{key}`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn a_service_shows_its_prices() {
    let app = TestApp::start().await;
    insta::assert_snapshot!(app.get("/api/admin/services/llm").send().await);
}

#[tokio::test]
async fn every_refusal_of_a_service_that_is_looked_at() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("getService");
    cases.add_form(&app, &app.get("/api/admin/services/llm")).await;
    for (name, key) in [("not there", "nope"), ("no key", "N%20O")] {
        cases.add(name, &app.get(&format!("/api/admin/services/{key}")).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
