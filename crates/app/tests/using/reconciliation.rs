//! Every cent of Stripe's has its record here, and every record its cent there.

use app::ReconciliationView;
use domain::UserId;
use serde_json::json;

use crate::payments::{Shop, request};

async fn reconciled(shop: &Shop) -> (Vec<String>, i64) {
    let ReconciliationView { of, findings } = shop.desk.app.reconcile_stripe().await.unwrap();
    let shown = findings.into_iter().map(|finding| {
        let (ours, theirs) = (finding.ours, finding.theirs);
        format!("{} {:?} {ours:?} {theirs:?}", finding.kind, finding.record)
    });
    (shown.collect(), of.healed)
}

#[tokio::test]
async fn where_all_is_told_nothing_is_found_and_what_was_lost_is_healed() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    let told = shop.needed(request(ada), "told").await.intent.unwrap();
    shop.fake.pay(&told);
    shop.deliver().await;
    assert_eq!(reconciled(&shop).await, (vec![], 0));
    let lost = shop.needed(request(ada), "lost").await.intent.unwrap();
    shop.fake.pay(&lost);
    let events = i64::try_from(shop.fake.events().len()).unwrap();
    assert_eq!(reconciled(&shop).await, (vec![], events), "each of them had never come");
    assert_eq!(shop.credits(ada).await, "2000");
    assert_eq!(reconciled(&shop).await, (vec![], 0));
}

#[tokio::test]
async fn a_cent_without_its_record_and_a_record_without_its_cent_are_found() {
    let shop = Shop::open().await;
    let ada = shop.desk.customer("ada", "0").await;
    shop.fake.pay_from_elsewhere(700);
    let gone = shop.needed(request(ada), "gone").await.intent.unwrap();
    shop.fake.pay(&gone);
    shop.deliver().await;
    let none = "payment_without_record None None Some(700)".to_owned();
    assert_eq!(reconciled(&shop).await.0, std::slice::from_ref(&none));
    // Stripe's books change behind us.
    let moved = shop.fake.all("balance_transaction").pop().unwrap();
    let moved = moved["id"].as_str().unwrap();
    shop.fake.tamper(moved, "amount", json!(9_400));
    let differs = r#"amount_differs Some("purchase:1") Some(9500) Some(9400)"#.to_owned();
    assert_eq!(reconciled(&shop).await.0, [differs, none]);
    shop.fake.tamper(moved, "created", json!(0));
    shop.fake.tamper(&gone, "status", json!("canceled"));
    let found = reconciled(&shop).await.0;
    assert_eq!(found[1], r#"record_without_payment Some("purchase:1") Some(9500) None"#);
}

/// A payment of 95 dollars, all told.
async fn paid(shop: &Shop) -> (UserId, String) {
    let ada = shop.desk.customer("ada", "0").await;
    let intent = shop.needed(request(ada), "k").await.intent.unwrap();
    shop.fake.pay(&intent);
    shop.deliver().await;
    (ada, intent)
}

#[tokio::test]
async fn money_that_went_back_untold_is_found_and_takes_its_credits() {
    let shop = Shop::open().await;
    let (ada, intent) = paid(&shop).await;
    shop.fake.refund(&intent, 4_750);
    let dispute = shop.fake.dispute(&intent);
    shop.fake.events();
    assert_eq!(reconciled(&shop).await.0, Vec::<String>::new());
    assert_eq!(shop.credits(ada).await, "500");
    assert_eq!(reconciled(&shop).await, (vec![], 0));
    shop.fake.lose(&dispute);
    shop.fake.events();
    assert_eq!(reconciled(&shop).await, (vec![], 1));
    assert_eq!(shop.credits(ada).await, "0");
}

#[tokio::test]
async fn a_refund_or_dispute_that_only_one_side_knows_is_found() {
    let shop = Shop::open().await;
    let (_, intent) = paid(&shop).await;
    let refund = shop.fake.refund(&intent, 1_000);
    let dispute = shop.fake.dispute(&intent);
    shop.deliver().await;
    assert_eq!(reconciled(&shop).await.0, Vec::<String>::new());
    // Stripe's books change behind us.
    for moved in shop.fake.all("balance_transaction") {
        if moved["source"] == refund.as_str() || moved["source"] == dispute.as_str() {
            shop.fake.tamper(moved["id"].as_str().unwrap(), "created", json!(0));
        }
    }
    assert_eq!(reconciled(&shop).await.0, Vec::<String>::new(), "they are there all the same");
    for gone in [&refund, &dispute] {
        shop.fake.tamper(gone, "payment_intent", json!("pi_another"));
    }
    let expected = [
        r#"record_without_refund Some("reversal:1") Some(1000) None"#,
        r#"record_without_dispute Some("reversal:2") Some(8500) None"#,
    ];
    let mut found = reconciled(&shop).await.0;
    found.sort_unstable_by_key(|found| !found.contains("refund"));
    assert_eq!(found, expected);
    let elsewhere = shop.fake.pay_from_elsewhere(700);
    shop.fake.refund(&elsewhere, 200);
    let found = reconciled(&shop).await.0;
    assert!(found.contains(&"refund_without_record None None Some(-200)".to_owned()), "{found:?}");
}
