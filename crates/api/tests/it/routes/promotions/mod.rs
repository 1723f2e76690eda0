//! Promotions.

mod create;
mod end;
mod get;
mod list;
mod redeem;
mod redemptions;
mod update;

use testkit::TestApp;

/// A promotion with these terms; its path.
async fn promotion(app: &TestApp, terms: &str) -> String {
    let body = format!(
        r#"{{"name":"Autumn","start_date":"2026-11-01T00:00:00Z","end_date":"2027-01-01T00:00:00Z",{terms}}}"#
    );
    let made = app.post("/api/admin/promotions").json(body).send().await;
    assert_eq!(made.status(), 201, "{made}");
    format!("/api/admin/promotions/{}", made.json()["id"])
}
