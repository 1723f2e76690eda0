//! `GET /api/admin/reversals`

use testkit::TestApp;

use crate::cases::Cases;
use crate::routes::refunds::bought;

const PATH: &str = "/api/admin/reversals";

#[tokio::test]
async fn refunds_and_chargebacks_come_newest_first_and_by_kind() {
    let app = TestApp::start().await;
    bought(&app, "pi_test_disputed").await;
    let body = r#"{"amount":9.5,"reason":"Bought twice"}"#;
    app.post("/api/admin/purchases/1/refund").key("k").json(body).send().await;
    app.post("/api/admin/payments/pi_test_disputed/sync").send().await;
    insta::assert_snapshot!(app.get(PATH).send().await);
    for (kind, count) in [("refund", 1), ("chargeback", 1)] {
        let listed = app.get(PATH).and_query(&format!("kind={kind}")).send().await;
        assert_eq!(listed.json()["total_count"], count, "{kind}: {listed}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_list_of_refunds() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listReversals");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("no kind", &app.get(PATH).and_query("kind=x").send().await);
    insta::assert_snapshot!(cases.finish());
}
