//! What a server says of what is broken behind it.

use testkit::TestApp;

#[tokio::test]
async fn what_broke_is_told_to_nobody_but_by_the_id_of_the_request() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    app.close_database().await;
    insta::assert_snapshot!(app.get("/api/admin/users").send().await);
}
