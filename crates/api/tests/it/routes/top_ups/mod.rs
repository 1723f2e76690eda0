//! Top-ups.

mod end;
mod get;
mod list;
mod set;

use http::Method;
use testkit::{Call, TestApp};

const PATH: &str = "/api/credits/top-up";
const RIGHT: &str = r#"{"user_id":1,"threshold":50,"quantity":100,"daily_cap":20,
    "monthly_cap":100,"payment_method":"pm_card_visa","consent_version":"2026-11"}"#;

fn put(app: &TestApp, body: &str) -> Call {
    app.call(Method::PUT, PATH).json(body.to_owned())
}

async fn agree(app: &TestApp) {
    let agreed = put(app, RIGHT).key("agree").send().await;
    assert_eq!(agreed.status(), 200, "{agreed}");
}
