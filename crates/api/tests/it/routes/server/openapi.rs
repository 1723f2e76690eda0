//! `GET /openapi.json`

use testkit::TestApp;

#[tokio::test]
async fn the_document_is_what_the_program_prints() {
    let app = TestApp::start().await;
    let served = app.get("/openapi.json").without("authorization").send().await;
    assert_eq!(served.body(), api::openapi());
    assert_eq!(served.header("content-type"), Some("application/json"));
}
