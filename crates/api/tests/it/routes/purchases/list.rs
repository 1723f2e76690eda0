//! `GET /api/credits/purchases`

use domain::Role;
use testkit::TestApp;

use crate::cases::Cases;
use crate::routes::refunds::bought;

const PATH: &str = "/api/credits/purchases";

#[tokio::test]
async fn purchases_come_newest_first_with_their_price_and_what_went_back() {
    let app = TestApp::start().await;
    bought(&app, "pi_1").await;
    let refund = app.post("/api/admin/purchases/1/refund").key("k");
    refund.json(r#"{"amount":9.5,"reason":"Bought twice"}"#).send().await;
    let more =
        r#"{"user_id":1,"amount":10,"description":"More","stripe_payment_intent_id":"pi_2"}"#;
    app.post("/api/credits/purchase").json(more).send().await;
    insta::assert_snapshot!(app.get(PATH).and_query("user_id=1").send().await);
    let second = app.get(PATH).and_query("user_id=1&page=2&page_size=1").send().await.json();
    assert_eq!((&second["purchases"][0]["id"], &second["total_count"]), (&1.into(), &2.into()));
}

#[tokio::test]
async fn customers_see_their_own_and_staff_see_anyones() {
    let app = TestApp::start().await;
    bought(&app, "pi_1").await;
    let bob = app.sign_in("bob@example.com", Role::Customer).await;
    assert_eq!(bob.get(PATH).send().await.json()["total_count"], 0);
    let hers = bob.get("/api/credits/purchases/1").send().await;
    let nobodys = bob.get("/api/credits/purchases/9").send().await;
    assert_eq!((hers.status(), hers.to_string()), (404, nobodys.to_string()));
    let support = app.sign_in("sue@example.com", Role::Support).await;
    assert_eq!(support.get("/api/credits/purchases/1").send().await.status(), 200);
}

#[tokio::test]
async fn every_refusal_of_a_list_of_purchases() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("listPurchases");
    cases.add_form(&app, &app.get(PATH).and_query("user_id=1")).await;
    for (name, query) in [("no page", "user_id=1&page=0"), ("nobody there", "user_id=99")] {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
