//! Cards that pay once a trial is over: named and confirmed before anything is paid.

use domain::{Anchor, Period, Text, Time};
use gateway::{Begun, Billed, CardSetup, Invoice};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::billing::{START, billed, named, pass_days, subscribe, word};
use crate::desk::Desk;

const ONCE: &str = "pm_card_authenticationRequiredOnSetup";

/// A trial of two weeks that was begun, and what its owner has to confirm.
pub(crate) async fn trial(desk: &Desk, method: Option<&str>) -> (Billed, Option<Text>) {
    let ends_at = START.plus(14 * Time::DAY);
    let first = Period { number: 0, starts_at: START, ends_at };
    let billed = billed(desk, method);
    let billed = Billed { reference: [5; 16], first, anchor_at: ends_at, ..billed };
    let Begun { known, setup, anchor_at, .. } = subscribe(desk, &billed).await;
    let first = Period { ends_at: anchor_at, ..first };
    (Billed { known: Some(known), first, anchor_at, ..billed }, setup)
}

async fn look(desk: &Desk, billed: &Billed, name: &Text) -> Option<CardSetup> {
    desk.payments.card_setup(billed, name, START).await.unwrap()
}

/// The first month that is paid for, so many days into it.
async fn month(desk: &Desk, billed: &Billed, days: i64) -> Option<Invoice> {
    let period = Anchor::at(billed.anchor_at).period(1).unwrap();
    let now = period.starts_at.plus(days * Time::DAY);
    desk.payments.invoice(billed, period, now).await.unwrap()
}

#[tokio::test]
async fn a_trial_asks_for_a_card_that_pays_behind_it() {
    for method in [None, Some(ONCE), Some("pm_card_visa_chargeDeclined")] {
        let desk = Desk::open().await;
        let (billed, name) = trial(&desk, method).await;
        let name = name.expect("something to confirm");
        let asks = look(&desk, &billed, &name).await.unwrap();
        let status =
            if method == Some(ONCE) { "requires_action" } else { "requires_payment_method" };
        assert_eq!(asks.status, status);
        let declined = asks.declined.as_ref().map(ToString::to_string);
        let refused = method.filter(|method| method.contains("Declined"));
        assert_eq!(declined, refused.map(|_| "card_declined (generic_decline)".to_owned()));
        let secret = asks.client_secret.as_ref().unwrap().expose_secret();
        assert_eq!(secret, format!("{name}_secret_fake"));
        assert!(!format!("{asks:?}").contains(secret));
        // Asked again, it is the same.
        assert_eq!(subscribe(&desk, &billed).await.setup.as_ref(), Some(&name));
        assert_eq!(look(&desk, &billed, &name).await, Some(asks));
        desk.fake
            .confirm_card(name.as_str(), method.filter(|it| *it == ONCE).unwrap_or("pm_card_visa"));
        assert_eq!(look(&desk, &billed, &name).await, None);
        assert_eq!(subscribe(&desk, &billed).await.setup, None);
        pass_days(&desk, 15);
        assert_eq!(word(month(&desk, &billed, 1).await.as_ref()), "1999 paid", "{method:?}");
        assert_eq!(desk.fake.all("subscription").len(), 1);
    }
}

#[tokio::test]
async fn a_card_that_needs_nobody_is_asked_for_nothing() {
    let desk = Desk::open().await;
    let (billed, setup) = trial(&desk, Some("pm_card_visa")).await;
    assert_eq!(setup, None);
    assert_eq!(desk.payments.subscribed(&billed, START).await.unwrap().unwrap().setup, None);
    let asked = desk.fake.asked();
    assert!(!asked.iter().any(|it| it.contains("setup_intents")), "{asked:?}");
}

#[tokio::test]
async fn what_nobody_confirms_is_late_and_given_up_in_a_week() {
    for attempted in [true, false] {
        let desk = Desk::open().await;
        let (billed, _) = trial(&desk, None).await;
        pass_days(&desk, 15);
        let invoice = desk.fake.all("invoice").pop().unwrap()["id"].as_str().unwrap().to_owned();
        // Stripe may say that there was no try, since there was nothing to try.
        if !attempted {
            desk.fake.tamper(&invoice, "attempted", false.into());
            desk.fake.tamper(&invoice, "attempt_count", 0.into());
        }
        assert_eq!(word(month(&desk, &billed, 1).await.as_ref()), "1999 open after 1");
        pass_days(&desk, 7);
        assert_eq!(word(month(&desk, &billed, 8).await.as_ref()), "1999 uncollectible");
        assert!(desk.fake.all("charge").is_empty());
    }
    // A card is tried, and its bank wants its owner.
    let desk = Desk::open().await;
    let (billed, _) = trial(&desk, Some(ONCE)).await;
    pass_days(&desk, 15);
    assert_eq!(word(month(&desk, &billed, 1).await.as_ref()), "1999 open after 1, to be tried");
    pass_days(&desk, 8);
    assert_eq!(word(month(&desk, &billed, 9).await.as_ref()), "1999 uncollectible");
    assert!(desk.fake.all("charge").is_empty());
}

#[tokio::test]
async fn a_month_whose_card_was_confirmed_late_is_charged_once_whatever_goes_wrong() {
    for trouble in ["none", "fails", "fails behind", "lost", "declined"] {
        let desk = Desk::open().await;
        let (billed, name) = trial(&desk, None).await;
        pass_days(&desk, 15);
        assert_eq!(word(month(&desk, &billed, 1).await.as_ref()), "1999 open after 1");
        let declined = trouble == "declined";
        let card = if declined { "pm_card_visa_chargeDeclined" } else { "pm_card_visa" };
        desk.fake.confirm_card(name.unwrap().as_str(), "pm_card_visa");
        desk.fake.change_card(named(&billed), card);
        let invoice = desk.fake.all("invoice").pop().unwrap()["id"].as_str().unwrap().to_owned();
        let pay = format!("POST /v1/invoices/{invoice}/pay");
        match trouble {
            "fails" => desk.fake.fail_at(&pay),
            "fails behind" => desk.fake.fail_behind(&pay),
            "lost" => desk.fake.lose_answers(1),
            _ => {}
        }
        // Two servers look at once, and then again and again.
        let (first, second) = tokio::join!(month(&desk, &billed, 1), month(&desk, &billed, 1));
        let word_of = |told: &Option<Invoice>| word(told.as_ref()).replace("after 2", "after 1");
        let expected = if declined { "1999 open after 1" } else { "1999 paid" };
        for told in [first, second, month(&desk, &billed, 1).await, month(&desk, &billed, 2).await]
        {
            assert_eq!(word_of(&told), expected, "{trouble}");
        }
        let charged = desk.fake.all("charge").iter().filter(|it| it["paid"] == true).count();
        assert_eq!(charged, usize::from(!declined), "{trouble}");
        assert!(!declined || desk.fake.requests(&pay) <= 2, "who declines is tried once");
    }
}

#[tokio::test]
async fn what_stripe_did_not_try_is_tried_by_us_once() {
    let desk = Desk::open().await;
    let (billed, _) = trial(&desk, Some("pm_card_visa")).await;
    let setup = desk.fake.all("setup_intent")[0]["id"].as_str().unwrap().to_owned();
    let untried = || {
        desk.fake.tamper(&setup, "status", "requires_confirmation".into());
        desk.fake.tamper(named(&billed), "pending_setup_intent", json!(setup));
    };
    let confirm = format!("POST /v1/setup_intents/{setup}/confirm");
    untried();
    desk.fake.lose_answers(1);
    assert_eq!(subscribe(&desk, &billed).await.setup, None);
    assert_eq!(desk.fake.object(&setup)["status"], "succeeded");
    untried();
    desk.fake.refuse_at(&confirm);
    desk.fake.pass(2 * 24 * 60 * 60);
    assert!(subscribe(&desk, &billed).await.setup.is_some(), "its owner may confirm it");
    let nameless = Billed { payment_method: None, ..billed.clone() };
    let count = desk.fake.requests(&confirm);
    assert!(subscribe(&desk, &nameless).await.setup.is_some());
    assert_eq!(desk.fake.requests(&confirm), count, "nobody named a card");
}

#[tokio::test]
async fn the_card_that_was_confirmed_pays_whatever_was_named_before() {
    let desk = Desk::open().await;
    let (billed, name) = trial(&desk, Some("pm_card_visa_chargeDeclined")).await;
    let name = name.unwrap();
    desk.fake.confirm_card(name.as_str(), "pm_card_mastercard");
    // Stripe left the one that was named.
    let method = json!("pm_card_visa_chargeDeclined");
    desk.fake.tamper(named(&billed), "default_payment_method", method);
    assert_eq!(look(&desk, &billed, &name).await, None);
    assert_eq!(desk.fake.object(named(&billed))["default_payment_method"], "pm_card_mastercard");
    // One that was taken away since holds up nothing.
    desk.fake.tamper(&name.to_string(), "payment_method", json!("pm_gone"));
    assert_eq!(look(&desk, &billed, &name).await, None);
    assert_eq!(desk.fake.object(named(&billed))["default_payment_method"], "pm_card_mastercard");
    desk.fake.end_now(named(&billed));
    assert_eq!(look(&desk, &billed, &name).await, None);
}

#[tokio::test]
async fn nothing_is_to_be_confirmed_of_what_is_on_its_way_or_gone() {
    let desk = Desk::open().await;
    let (billed, name) = trial(&desk, None).await;
    let name = name.unwrap();
    let tampered = async |field: &str, word: &str| {
        desk.fake.tamper(name.as_str(), field, word.into());
        look(&desk, &billed, &name).await
    };
    let waits = tampered("status", "processing").await.unwrap();
    assert_eq!((waits.status, waits.client_secret.is_some()), ("processing", false));
    assert_eq!(tampered("status", "canceled").await, None);
    assert_eq!(tampered("object", "gone").await, None);
}
