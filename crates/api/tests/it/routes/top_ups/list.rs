//! `GET /api/admin/top-ups`

use testkit::TestApp;

use super::{RIGHT, agree, put};
use crate::cases::Cases;

const PATH: &str = "/api/admin/top-ups";

#[tokio::test]
async fn staff_see_who_agreed_and_whose_stopped() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.customer_with("bob", "40").await;
    agree(&app).await;
    let bobs = RIGHT.replace("\"user_id\":1", "\"user_id\":2");
    let declined = bobs.replace("pm_card_visa", "pm_card_chargeDeclined");
    assert_eq!(put(&app, &declined).key("bob").send().await.status(), 200);
    app.run_jobs().await;
    insta::assert_snapshot!(app.get(PATH).and_query("status=stopped").send().await);
    for (query, count) in [("status=on", 1), ("status=off", 0), ("page=1", 2)] {
        let found = app.get(PATH).and_query(query).send().await;
        assert_eq!(found.json()["total_count"], count, "{query}: {found}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_list_of_top_ups() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listTopUps");
    cases.add_form(&app, &app.get(PATH)).await;
    for (name, query) in [("another status", "status=gone"), ("page 0", "page=0")] {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
