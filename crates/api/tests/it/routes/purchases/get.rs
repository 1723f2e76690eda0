//! `GET /api/credits/purchases/{id}`

use testkit::TestApp;

use crate::cases::Cases;
use crate::routes::refunds::bought;

#[tokio::test]
async fn every_refusal_of_a_purchase_that_is_looked_at() {
    let app = TestApp::start().await;
    bought(&app, "pi_1").await;
    let mut cases = Cases::of("getPurchase");
    cases.add_form(&app, &app.get("/api/credits/purchases/1")).await;
    for (name, id) in [("not there", "9"), ("no id", "x")] {
        cases.add(name, &app.get(&format!("/api/credits/purchases/{id}")).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
