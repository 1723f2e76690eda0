//! `POST /api/admin/rates`

use domain::{Role, Time};
use testkit::{Person, TestApp};

use crate::cases::Cases;

const PATH: &str = "/api/admin/rates";
const RIGHT: &str = r#"{"credit_rate":0.2,"bulk_tiers":[{"min_credits":100,"discount":0.1},
    {"min_credits":"1000.5","discount":0.25}],"minimum_payment":1,"quote_seconds":900}"#;

#[tokio::test]
async fn new_rates_hold_at_once() {
    let app = TestApp::start().await;
    let made = app.post(PATH).key("k").json(RIGHT).send().await;
    let again = app.post(PATH).key("k").json(RIGHT).send().await;
    assert_eq!(again.body(), made.body());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let rate = app.get("/api/credits/rate").send().await.json();
    assert_eq!(rate["credit_rate"].to_string(), "0.2");
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let offer = ada.post("/api/credits/purchase/validate").json(r#"{"amount":100}"#).send().await;
    assert_eq!(offer.json()["estimated_cost"], 18);
    let log = app.get("/api/admin/audit?action=rates.create").send().await.json();
    let versions =
        (&log["entries"][0]["before"]["version"], &log["entries"][0]["after"]["version"]);
    assert_eq!((&log["total_count"], versions), (&1.into(), (&1.into(), &2.into())));
    insta::assert_snapshot!(made);
}

async fn buy(ada: &Person, (key, quote): (&str, &str)) -> (u16, String) {
    let body = format!(r#"{{"amount":100,"description":"Credits","quote":"{quote}"}}"#);
    let bought = ada.post("/api/credits/purchase").key(key).json(body).send().await;
    (bought.status(), bought.json()["dollar_amount"].to_string())
}

#[tokio::test]
async fn a_price_that_was_promised_is_kept_until_its_quote_expires() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let quote = async || {
        let asked = ada.post("/api/credits/purchase/validate").json(r#"{"amount":100}"#);
        asked.send().await.text("/quote")
    };
    let (first, second) = (quote().await, quote().await);
    assert_eq!(app.post(PATH).json(RIGHT).send().await.status(), 201);
    assert_eq!(buy(&ada, ("1", &first)).await, (200, "10".to_owned()), "as it was promised");
    assert_eq!(buy(&ada, ("2", &quote().await)).await, (200, "18".to_owned()), "by the new rates");
    app.hands().pass(901 * Time::SECOND);
    assert_eq!(buy(&ada, ("3", &second)).await.0, 422, "no longer");
}

#[tokio::test]
async fn every_refusal_of_new_rates() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("createRates");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    for (name, body) in [
        ("credits for nothing", RIGHT.replace("0.2,", "0,")),
        ("a rate beyond counting", RIGHT.replace("0.2,", "1001,")),
        ("a payment of nothing", RIGHT.replace(r#""minimum_payment":1"#, r#""minimum_payment":0"#)),
        ("a quote without end", RIGHT.replace("900", "86401")),
        ("a tier from where the last one began", RIGHT.replace("1000.5", "100")),
        ("a tier that lets go less", RIGHT.replace("0.25", "0.05")),
        ("a tier that lets go everything", RIGHT.replace("0.25", "1")),
        ("a tier that lets go nothing", RIGHT.replace("0.1}", "0}")),
        ("a tier without a beginning", RIGHT.replace(r#""min_credits":100,"#, "")),
        ("no tiers said", r#"{"credit_rate":1,"minimum_payment":1,"quote_seconds":60}"#.to_owned()),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    app.post(PATH).key("reused").json(RIGHT).send().await;
    let other = RIGHT.replace("900", "901");
    cases.add("a key reused", &app.post(PATH).key("reused").json(other).send().await);
    insta::assert_snapshot!(cases.finish());
}
