//! `GET /api/credits/top-up`

use testkit::TestApp;

use super::{RIGHT, agree, put};
use crate::cases::Cases;

const PATH: &str = "/api/credits/top-up?user_id=1";

#[tokio::test]
async fn top_ups_say_what_they_cost() {
    let app = TestApp::start().await;
    app.customer_with("ada", "40").await;
    agree(&app).await;
    app.run_jobs().await;
    insta::assert_snapshot!(app.get(PATH).send().await);
}

#[tokio::test]
async fn top_ups_that_stopped_say_why() {
    let app = TestApp::start().await;
    app.customer_with("ada", "40").await;
    let declined = RIGHT.replace("pm_card_visa", "pm_card_chargeDeclined");
    assert_eq!(put(&app, &declined).key("d").send().await.status(), 200);
    app.run_jobs().await;
    insta::assert_snapshot!(app.get(PATH).send().await);
    let log = app.get("/api/admin/audit?action=top_ups.stopped").send().await.json();
    assert_eq!((&log["total_count"], &log["entries"][0]["after"]), (&1.into(), &"declined".into()));
}

#[tokio::test]
async fn every_refusal_of_top_ups() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("getTopUp");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("nobody ever agreed", &app.get(PATH).send().await);
    insta::assert_snapshot!(cases.finish());
}
