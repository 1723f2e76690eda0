//! `POST /api/admin/packages`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/packages";
const RIGHT: &str = r#"{"name":"Team","description":"For a few","monthly_price":79.99,
    "credit_amount":1000,"credit_rate":0.075,"features":["1000 credits","API access"],
    "max_credits_per_month":500,"rollover_enabled":true,"trial":{"days":14,"credits":50},
    "is_featured":true}"#;

#[tokio::test]
async fn a_package_is_offered_once_it_is_made_behind_those_that_were() {
    let app = TestApp::start().await;
    let made = app.post(PATH).key("k").json(RIGHT).send().await;
    let again = app.post(PATH).key("k").json(RIGHT).send().await;
    assert_eq!(again.body(), made.body());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let offered = app.get("/api/credits/packages").send().await.json();
    assert_eq!(offered["packages"].as_array().unwrap().len(), 4);
    assert_eq!(offered["packages"][3], made.json()["package"]);
    let log = app.get("/api/admin/audit?action=packages.create").send().await.json();
    assert_eq!((&log["total_count"], &log["entries"][0]["before"]), (&1.into(), &().into()));
    insta::assert_snapshot!(made);
}

#[tokio::test]
async fn one_that_is_not_active_is_not_offered() {
    let app = TestApp::start().await;
    let least = r#"{"name":"Quiet","monthly_price":1,"credit_amount":1,"credit_rate":"0.1",
        "is_active":false,"sort_order":0}"#;
    let made = app.post(PATH).json(least).send().await;
    assert_eq!(made.status(), 201, "{made}");
    let offered = app.get("/api/credits/packages").send().await.json();
    assert_eq!(offered["packages"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn every_refusal_of_a_package() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("createPackage");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    for (name, body) in [
        ("a price of nothing", RIGHT.replace("79.99", "0")),
        ("a price too fine", RIGHT.replace("79.99", "79.999")),
        ("a price beyond payment", RIGHT.replace("79.99", "1000000")),
        ("no credits", RIGHT.replace("1000,", "0,")),
        ("credits for nothing", RIGHT.replace("0.075", "0")),
        ("a rate above the base rate", RIGHT.replace("0.075", "0.100001")),
        ("a trial without end", RIGHT.replace("14", "366")),
        ("a trial without credits", RIGHT.replace("50}", "0}")),
        ("a line that breaks", RIGHT.replace("API access", "API\\naccess")),
        ("a place too far", RIGHT.replace("true}", "true,\"sort_order\":1000001}")),
        ("a name that is taken", RIGHT.replace("Team", "Starter")),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    app.post(PATH).key("reused").json(RIGHT).send().await;
    let other = RIGHT.replace("\"days\":14", "\"days\":15");
    cases.add("a key reused", &app.post(PATH).key("reused").json(other).send().await);
    insta::assert_snapshot!(cases.finish());
}
