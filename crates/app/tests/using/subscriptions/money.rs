//! What else the payments of a subscription do: they go back with their credits, buy
//! nothing a second time, and make their payer a subscriber for promotions.

use std::collections::BTreeSet;

use app::{
    Caller, PackagePatch, Page, PurchaseAsk, PurchaseRequest, RefundOf, RefundRequest,
    SubscriptionPeriod, Synced, Turn, Whose,
};
use domain::{
    Cents, Currency, Description, Discount, MissingCredits, PaymentIntent, PromotionCode,
    PromotionTerms, Reason, ReversalKind, ReversalState, SubscriptionId, Text, Time, UserGroup,
    UserId,
};
use gateway::MoneyBack;

use super::{ENTERPRISE, STARTER, change, edit, pass_to, posted, subscribe, turn, use_up, wallet};
use crate::desk::{Desk, NOON, amount, key, pointer, text};

/// What was paid for a subscription, newest first.
async fn paid(desk: &Desk, id: SubscriptionId) -> Vec<SubscriptionPeriod> {
    let listed = desk.app.list_subscription_periods(&Caller::SYSTEM, id, Page::FIRST).await;
    listed.unwrap().items
}

fn payment(of: &SubscriptionPeriod) -> PaymentIntent {
    of.payment.clone().unwrap()
}

async fn refund(desk: &Desk, payment: PaymentIntent, part: Option<&str>) -> String {
    let request = RefundRequest {
        of: RefundOf::Payment(payment),
        amount: part.map(|part| part.parse().unwrap()),
        missing: MissingCredits::Forgiven,
        reason: Reason::parse("Not as expected").unwrap(),
        admin_notes: None,
    };
    desk.app.refund(&Caller::SYSTEM, None, request).await.unwrap().value.taken.to_string()
}

fn buy(user: UserId, intent: Option<PaymentIntent>, code: Option<&str>) -> PurchaseRequest {
    let promotion = code.map(|code| PromotionCode::parse(code).unwrap());
    PurchaseRequest {
        ask: PurchaseAsk { whose: Whose::User(user), credits: amount("100"), promotion },
        description: Description::parse("More").unwrap(),
        intent,
        quote: None,
        method: None,
    }
}

#[tokio::test]
async fn money_of_a_month_or_an_upgrade_goes_back_with_its_own_credits() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let begun = subscribe(&desk, ada, STARTER, None).await;
    pass_to(&desk, "2026-11-16T12:00:00Z").await;
    change(&desk, ada, ENTERPRISE, "up").await.unwrap();
    assert_eq!(posted(&desk, ada).await, "850", "200, and half of 1300");
    use_up(&desk, ada, "150").await;
    let rows = paid(&desk, begun.id).await;
    assert_eq!(refund(&desk, payment(&rows[0]), None).await, "650", "the upgrade's");
    assert_eq!(
        refund(&desk, payment(&rows[1]), Some("10")).await,
        "50",
        "half of it, as far as it is there"
    );
    assert_eq!(posted(&desk, ada).await, "0");
}

#[tokio::test]
async fn a_chargeback_of_a_month_freezes_its_credits_and_no_others() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "7").await;
    let begun = subscribe(&desk, ada, STARTER, None).await;
    let intent = payment(&paid(&desk, begun.id).await[0]);
    let opened = MoneyBack {
        id: text("dp_1"),
        reference: None,
        kind: ReversalKind::Chargeback,
        state: ReversalState::Opened,
        amount: Cents::from_count(1_999),
        currency: Currency::USD,
    };
    assert_eq!(desk.app.hear_of_money(&intent, vec![opened]).await.unwrap(), Synced::Done);
    let balances = wallet(&desk, ada).await.balances;
    assert_eq!(
        (balances.frozen.to_string(), balances.posted.to_string()),
        ("200".into(), "207".into())
    );
}

#[tokio::test]
async fn a_payment_of_a_subscription_buys_nothing_else() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let begun = subscribe(&desk, ada, STARTER, None).await;
    let intent = payment(&paid(&desk, begun.id).await[0]);
    let bought = desk.app.purchase(&Caller::SYSTEM, None, buy(ada, Some(intent), None)).await;
    assert_eq!(pointer(bought), "/stripe_payment_intent_id");
    assert_eq!(posted(&desk, ada).await, "200");
}

#[tokio::test]
async fn a_promotion_for_subscribers_is_for_who_pays_for_a_package() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    for (code, group) in
        [("SUBS", "subscribers"), ("ENT", "package:Enterprise"), ("NEW", "new_users")]
    {
        let terms = PromotionTerms {
            name: Text::parse(code).unwrap(),
            description: None,
            code: Some(PromotionCode::parse(code).unwrap()),
            discount: Discount::Percentage("0.5".parse().unwrap()),
            max_discount: None,
            min_purchase: None,
            package_ids: None,
            user_groups: Some(BTreeSet::from([UserGroup::parse(group).unwrap()])),
            starts_at: NOON,
            ends_at: NOON.plus(365 * Time::DAY),
            is_active: true,
            max_uses: None,
            max_uses_per_user: 9,
        };
        desk.app.create_promotion(&Caller::SYSTEM, None, terms).await.unwrap();
    }
    let holds = |code, word: &'static str| {
        let request = buy(ada, None, Some(code));
        let desk = &desk;
        async move { desk.app.purchase(&Caller::SYSTEM, Some(key(word)), request).await.is_ok() }
    };
    assert!(!holds("SUBS", "a").await, "nobody's subscriber");
    subscribe(&desk, ada, STARTER, None).await;
    assert!(holds("SUBS", "b").await);
    assert!(!holds("ENT", "c").await, "of another package");
    assert!(!holds("NEW", "n").await, "who paid for a month has bought");
    turn(&desk, ada, Turn::Pause { reason: None }, "p").await.unwrap();
    pass_to(&desk, "2026-12-01T12:00:00Z").await;
    assert!(!holds("SUBS", "d").await, "paused");
}

#[tokio::test]
async fn money_of_a_month_goes_back_with_what_rolled_over_from_it() {
    let desk = Desk::open().await;
    edit(&desk, PackagePatch { rollover_enabled: Some(true), ..PackagePatch::default() }).await;
    let ada = desk.customer("ada", "0").await;
    let begun = subscribe(&desk, ada, STARTER, None).await;
    let first = payment(&paid(&desk, begun.id).await[0]);
    pass_to(&desk, "2026-11-20T12:00:00Z").await;
    assert_eq!(refund(&desk, first.clone(), Some("10")).await, "100.050025");
    pass_to(&desk, "2026-12-01T12:00:00Z").await;
    assert_eq!(posted(&desk, ada).await, "299.949975", "the other half rolled over");
    assert_eq!(refund(&desk, first, None).await, "99.949975", "what was not taken before");
    assert_eq!(posted(&desk, ada).await, "200");
}
