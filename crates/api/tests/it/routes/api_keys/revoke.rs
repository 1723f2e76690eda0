//! `DELETE /api/admin/keys/{name}`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn a_revoked_key_works_no_more_and_its_name_is_free() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let secret = app.key("a worker", "credits:read").await;
    let balance = || app.get("/api/credits/balance?user_id=1").by(&secret).send();
    assert_eq!(balance().await.status(), 200);
    insta::assert_snapshot!(app.delete("/api/admin/keys/a%20worker").send().await);
    assert_eq!(balance().await.code(), "unauthenticated");
    app.key("a worker", "credits:read").await;
    assert_eq!(balance().await.code(), "unauthenticated", "the old secret stays revoked");
}

#[tokio::test]
async fn every_refusal_of_a_revocation() {
    let app = TestApp::start().await;
    app.key("worker", "credits:read").await;
    let mut cases = Cases::of("revokeKey");
    cases.add_form(&app, &app.delete("/api/admin/keys/worker")).await;
    cases.add("not there", &app.delete("/api/admin/keys/nobody").send().await);
    app.delete("/api/admin/keys/worker").key("used").send().await;
    let other = app.delete("/api/admin/keys/nobody").key("used").send().await;
    cases.add("a key used for another", &other);
    cases.add("revoked before", &app.delete("/api/admin/keys/worker").send().await);
    insta::assert_snapshot!(cases.finish());
}
