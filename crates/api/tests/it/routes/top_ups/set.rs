//! `PUT /api/credits/top-up`

use testkit::{TestApp, TestBook};

use super::{RIGHT, put};
use crate::cases::Cases;

#[tokio::test]
async fn what_is_agreed_to_is_answered_and_kept() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    insta::assert_snapshot!(put(&app, RIGHT).key("k").send().await);
    let again = put(&app, RIGHT).key("k").send().await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"), "{again}");
    let log = app.get("/api/admin/audit?action=top_ups.on").send().await.json();
    assert_eq!(log["total_count"], 1);
}

#[tokio::test]
async fn every_refusal_of_an_agreement_to_top_ups() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("setTopUp");
    cases.add_form(&app, &put(&app, RIGHT).key("k")).await;
    for (name, from, to) in [
        ("a threshold of nothing", "\"threshold\":50", "\"threshold\":0"),
        ("no cap", "\"daily_cap\":20", "\"daily_cap\":0"),
        ("half a cent", "\"daily_cap\":20", "\"daily_cap\":20.005"),
        ("a month below a day", "\"monthly_cap\":100", "\"monthly_cap\":19.99"),
        ("a cap that one is too dear for", "\"daily_cap\":20", "\"daily_cap\":9.99"),
        ("no rest", "\"threshold\":50", "\"threshold\":50,\"cooldown_s\":59"),
        ("no payment method", "pm_card_visa", "card"),
        ("less than a payment", "\"quantity\":100", "\"quantity\":1"),
        ("nobody", "\"user_id\":1", "\"user_id\":9"),
    ] {
        let refused = put(&app, &RIGHT.replace(from, to)).key("wrong");
        cases.add(name, &refused.send().await);
    }
    let spends = app.key("spender", "credits:spend").await;
    let by = put(&app, RIGHT).key("k").by(&spends).send().await;
    cases.add("by a program that only spends", &by);
    put(&app, RIGHT).key("used").send().await;
    let other = put(&app, &RIGHT.replace("2026-11", "2026-12")).key("used");
    cases.add("a key used for another", &other.send().await);
    let live = TestBook { mode: domain::Mode::Live, ..TestBook::default() };
    let live = TestApp::start_with(live).await;
    live.customer("ada").await;
    cases.add("a live book that nobody pays in", &put(&live, RIGHT).key("k").send().await);
    insta::assert_snapshot!(cases.finish());
}
