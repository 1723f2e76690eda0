//! `GET` and `POST /test/checkout/{page}`

use domain::Mode;
use testkit::{TestApp, TestBook};

const BUY: &str = "/api/credits/purchase";

fn buy(method: &str) -> String {
    format!(r#"{{"user_id":1,"amount":1000,"description":"x","payment_method":"{method}"}}"#)
}

#[tokio::test]
async fn a_payment_of_a_test_book_that_asks_for_more_is_made_on_a_page() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let asks = || app.post(BUY).key("k").json(buy("pm_card_authenticationRequired")).send();
    let asked = asks().await;
    let url = asked.text("/checkout_url");
    let page = app.get(&url).without("authorization").send().await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.body().contains("95.00 USD") && page.body().contains("requires_action"), "{page}");
    let press = |act: &str| app.post(&url).without("authorization").body(act.to_owned()).send();
    assert_eq!(press("act=steal").await.status(), 422);
    let declined = press("act=decline").await;
    assert!(declined.body().contains("requires_payment_method"), "{declined}");
    assert_eq!(asks().await.text("/decline_reason"), "card_declined");
    let paid = press("act=pay").await;
    assert!(paid.body().contains("succeeded") && !paid.body().contains("<form"), "{paid}");
    assert_eq!(asks().await.status(), 200);
    let after = press("act=decline").await;
    assert!(after.body().contains("succeeded"), "what is paid stays so");
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    assert_eq!(balance["current_credits"], 1000);
}

#[tokio::test]
async fn there_is_no_such_page_for_what_is_not_there_or_not_a_test() {
    let app = TestApp::start().await;
    let unknown = format!("/test/checkout/cs_test_{}", "0".repeat(32));
    for page in [unknown.as_str(), "/test/checkout/cs_test_1", "/test/checkout/x"] {
        assert_eq!(app.get(page).send().await.status(), 404, "{page}");
        assert_eq!(app.post(page).body("act=pay").send().await.status(), 404, "{page}");
    }
    let (shop, _fake) = super::shop().await;
    shop.customer("ada").await;
    let asked = shop.post("/api/stripe/create-payment-intent").json(r#"{"user_id":1,"amount":9}"#);
    assert_eq!(asked.send().await.status(), 200);
    assert_eq!(shop.get(&unknown).send().await.status(), 404);
    let live = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    assert_eq!(live.get(&unknown).send().await.status(), 404);
}
