//! `GET /api/stripe/user-subscriptions`

use testkit::TestApp;

use super::shop;
use crate::cases::Cases;

const PATH: &str = "/api/stripe/user-subscriptions";

#[tokio::test]
async fn what_stripe_bills_is_listed() {
    let (app, _fake) = shop().await;
    app.customer("ada").await;
    let asked = r#"{"user_id":1,"package_id":1,"payment_method":"pm_card_visa"}"#;
    let begun = app.post("/api/subscriptions").key("subscribe").json(asked).send().await;
    assert_eq!(begun.status(), 201, "{begun}");
    let listed = app.get(PATH).and_query("user_id=1").send().await.json();
    assert_eq!(listed["total_count"], 1, "{listed}");
    assert_eq!(listed, app.get("/api/subscriptions").and_query("user_id=1").send().await.json());
}

#[tokio::test]
async fn every_refusal_of_listing_subscriptions() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("listUserSubscriptions");
    cases.add_form(&app, &app.get(PATH).and_query("user_id=1")).await;
    for (name, query) in [("no page", "user_id=1&page=0"), ("nobody there", "user_id=99")] {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
