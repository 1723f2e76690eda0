//! `DELETE /api/credits/top-up`

use testkit::TestApp;

use super::agree;
use crate::cases::Cases;

const PATH: &str = "/api/credits/top-up?user_id=1";

#[tokio::test]
async fn one_call_turns_them_off() {
    let app = TestApp::start().await;
    app.customer_with("ada", "40").await;
    agree(&app).await;
    insta::assert_snapshot!(app.delete(PATH).send().await);
    assert_eq!(app.delete(PATH).send().await.status(), 204);
    app.run_jobs().await;
    let seen = app.get(PATH).send().await;
    assert_eq!((seen.text("/status").as_str(), &seen.json()["spent_today"]), ("off", &0.into()));
    let log = app.get("/api/admin/audit?action=top_ups.off").send().await.json();
    assert_eq!(log["total_count"], 1);
}

#[tokio::test]
async fn every_refusal_of_turning_them_off() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.customer("bob").await;
    agree(&app).await;
    let mut cases = Cases::of("endTopUp");
    cases.add_form(&app, &app.delete(PATH)).await;
    let other = app.delete("/api/credits/top-up?user_id=2");
    cases.add("nobody ever agreed", &other.again().send().await);
    app.delete(PATH).key("used").send().await;
    cases.add("a key used for another", &other.key("used").send().await);
    insta::assert_snapshot!(cases.finish());
}
