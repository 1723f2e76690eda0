//! `POST /api/admin/promotions`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/promotions";
const RIGHT: &str = r#"{"name":"Summer","description":"For new people","code":"Summer-26",
    "discount_type":"percentage","discount_value":0.25,"max_discount":50,"min_purchase":20,
    "package_ids":[1,2],"user_groups":["vip","new_users","package:Starter","vip"],
    "start_date":"2026-11-01T00:00:00Z","end_date":"2027-01-01T00:00:00Z","max_uses":1000,
    "max_uses_per_user":2}"#;

#[tokio::test]
async fn a_promotion_is_made_with_its_code_in_capitals() {
    let app = TestApp::start().await;
    let made = app.post(PATH).key("k").json(RIGHT).send().await;
    let again = app.post(PATH).key("k").json(RIGHT).send().await;
    assert_eq!(again.body(), made.body());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let log = app.get("/api/admin/audit?action=promotions.create").send().await.json();
    assert_eq!(log["total_count"], 1);
    insta::assert_snapshot!(made);
}

#[tokio::test]
async fn each_kind_of_discount_keeps_its_unit() {
    let app = TestApp::start().await;
    for (kind, value) in
        [("percentage", "0.333333"), ("fixed_amount", "12.5"), ("free_credits", "0.000001")]
    {
        let body = format!(
            r#"{{"name":"P","discount_type":"{kind}","discount_value":{value},
            "start_date":"2026-11-01T00:00:00Z","end_date":"2027-01-01T00:00:00Z"}}"#
        );
        let made = app.post(PATH).json(body).send().await;
        let expected = format!(r#""discount_type":"{kind}","discount_value":{value},"#);
        assert!(made.body().contains(&expected), "{made}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_promotion() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("createPromotion");
    cases.add_form(&app, &app.post(PATH).key("k").json(RIGHT)).await;
    let fixed = RIGHT.replace("percentage", "fixed_amount").replace(r#""max_discount":50,"#, "");
    for (name, body) in [
        ("nothing off", RIGHT.replace("0.25", "0")),
        ("more than all of it off", RIGHT.replace("0.25", "25")),
        ("less than nothing off", RIGHT.replace("0.25", "-1")),
        ("parts of a cent off", fixed.replace("0.25", "0.255")),
        ("another kind", RIGHT.replace("percentage", "half_price")),
        ("a bound of what is no share", RIGHT.replace("percentage", "fixed_amount")),
        (
            "a least purchase of nothing",
            RIGHT.replace(r#""min_purchase":20"#, r#""min_purchase":0"#),
        ),
        ("a package that is not there", RIGHT.replace("[1,2]", "[1,9]")),
        ("no packages", RIGHT.replace("[1,2]", "[]")),
        ("a group that is none", RIGHT.replace(r#""new_users""#, r#""New Users""#)),
        ("an end before its start", RIGHT.replace("2027-01-01", "2026-11-01")),
        ("no use", RIGHT.replace("1000", "0")),
        (
            "no use for one user",
            RIGHT.replace(r#""max_uses_per_user":2"#, r#""max_uses_per_user":0"#),
        ),
        ("a code that is none", RIGHT.replace("Summer-26", "two words")),
    ] {
        cases.add(name, &app.post(PATH).json(body).send().await);
    }
    app.post(PATH).key("reused").json(RIGHT).send().await;
    let other = RIGHT.replace("1000", "1001");
    cases.add(
        "a code that is taken",
        &app.post(PATH).json(RIGHT.replace("Summer", "SUMMER")).send().await,
    );
    cases.add("a key reused", &app.post(PATH).key("reused").json(other).send().await);
    insta::assert_snapshot!(cases.finish());
}
