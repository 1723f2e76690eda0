//! `GET /api/admin/reversals/{id}`

use testkit::TestApp;

use crate::cases::Cases;
use crate::routes::refunds::bought;

#[tokio::test]
async fn a_refund_is_shown_as_it_is_now() {
    let app = TestApp::start().await;
    bought(&app, "pi_1").await;
    let body = r#"{"amount":9.5,"reason":"Bought twice"}"#;
    let made = app.post("/api/admin/purchases/1/refund").key("k").json(body).send().await;
    assert_eq!(app.get("/api/admin/reversals/1").send().await.body(), made.body());
}

#[tokio::test]
async fn every_refusal_of_a_refund_that_is_looked_at() {
    let app = TestApp::start().await;
    bought(&app, "pi_test_refunded").await;
    app.post("/api/admin/payments/pi_test_refunded/sync").send().await;
    let mut cases = Cases::of("getReversal");
    cases.add_form(&app, &app.get("/api/admin/reversals/1")).await;
    for (name, id) in [("not there", "9"), ("no id", "x")] {
        cases.add(name, &app.get(&format!("/api/admin/reversals/{id}")).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
