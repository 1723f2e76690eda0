//! `GET /api/admin/rates`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/rates";

#[tokio::test]
async fn every_version_is_listed_and_the_first_one_holds() {
    let app = TestApp::start().await;
    let next = r#"{"credit_rate":0.09,"bulk_tiers":[],"minimum_payment":1,"quote_seconds":60}"#;
    assert_eq!(app.post(PATH).json(next).send().await.status(), 201);
    insta::assert_snapshot!(app.get(PATH).send().await);
}

#[tokio::test]
async fn every_refusal_of_a_list_of_rates() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listRates");
    cases.add_form(&app, &app.get(PATH)).await;
    insta::assert_snapshot!(cases.finish());
}
