//! `POST /api/admin/payments/{id}/sync`

use domain::Mode;
use testkit::{TestApp, TestBook};

use crate::cases::Cases;
use crate::routes::refunds::bought;

const DAY_US: i64 = 86_400_000_000;

async fn balance(app: &TestApp) -> [String; 3] {
    let balance = app.get("/api/credits/balance?user_id=1").send().await.json();
    ["available", "frozen", "debt"].map(|name| balance[name].to_string())
}

#[tokio::test]
async fn a_chargeback_freezes_until_the_bank_has_decided() {
    for (word, end) in [("won", ["900", "0", "0"]), ("lost", ["0", "0", "100"])] {
        let app = TestApp::start().await;
        bought(&app, &format!("pi_test_dispute_{word}")).await;
        let spend = app.post("/api/credits/spend").key("s");
        spend.json(r#"{"user_id":1,"amount":100}"#).send().await;
        let sync = || app.post(&format!("/api/admin/payments/pi_test_dispute_{word}/sync"));
        let opened = sync().send().await;
        assert_eq!(opened.json()["reversals"][0]["status"], "opened", "{opened}");
        assert_eq!(balance(&app).await, ["0", "900", "0"]);
        app.hands().pass(DAY_US);
        let decided = sync().send().await;
        assert_eq!(decided.json()["reversals"][0]["status"], word, "{decided}");
        assert_eq!(balance(&app).await, end);
        assert_eq!(sync().send().await.body(), decided.body(), "asked once more");
        if word == "lost" {
            insta::assert_snapshot!("a_lost_chargeback", decided);
        }
    }
}

#[tokio::test]
async fn every_refusal_of_a_look_at_a_payment() {
    let app = TestApp::start().await;
    bought(&app, "pi_1").await;
    let mut cases = Cases::of("syncPayment");
    cases.add_form(&app, &app.post("/api/admin/payments/pi_1/sync")).await;
    for (name, id) in [("not there", "pi_9"), ("no id", "x")] {
        cases.add(name, &app.post(&format!("/api/admin/payments/{id}/sync")).send().await);
    }
    let live = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    let ada = live.customer("ada").await;
    live.left_purchase(ada, Some("pi_1")).await;
    let nobody = live.post("/api/admin/payments/pi_1/sync").send().await;
    cases.add("a live book that nobody pays in", &nobody);
    insta::assert_snapshot!(cases.finish());
}
