//! `GET /api/stripe/products`

use testkit::TestApp;

use super::shop;
use crate::cases::Cases;

const PATH: &str = "/api/stripe/products";

#[tokio::test]
async fn packages_are_sold_as_they_are_offered() {
    let (app, fake) = shop().await;
    let before = app.get(PATH).without("authorization").send().await.json();
    assert_eq!(before["products"][0]["product_id"], serde_json::Value::Null);
    app.run_jobs().await;
    insta::assert_snapshot!(app.get(PATH).without("authorization").send().await);
    let edit = app.patch("/api/admin/packages/1").json(r#"{"monthly_price":24.99,"name":"Start"}"#);
    assert_eq!(edit.send().await.status(), 200);
    let changed = app.get(PATH).send().await.json();
    assert_eq!(changed["products"][0]["price"]["price_id"], serde_json::Value::Null);
    app.run_jobs().await;
    let sold = app.get(PATH).send().await.json();
    let sold = &sold["products"][0];
    let there = fake.object(sold["product_id"].as_str().unwrap());
    assert_eq!((&there["name"], &there["active"]), (&"Start".into(), &true.into()));
    let price = fake.object(sold["price"]["price_id"].as_str().unwrap());
    assert_eq!((&price["unit_amount"], fake.all("price").len()), (&2_499.into(), 4));
}

#[tokio::test]
async fn every_refusal_of_products() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listStripeProducts");
    cases.add("a token that names nobody", &app.get(PATH).by("sk_nobody").send().await);
    let key = app.key("reader", "credits:read").await;
    let clock = app.get(PATH).by(&key).header("x-test-clock", "2027-01-01T00:00:00Z");
    cases.add("moving the clock", &clock.send().await);
    insta::assert_snapshot!(cases.finish());
}
