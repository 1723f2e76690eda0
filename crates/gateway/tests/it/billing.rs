//! Subscriptions billed by Stripe: each told and asked any number of times.

use domain::{Anchor, Cents, Currency, PackageId, PaymentMethod, Period, Text, Time, UserId};
use gateway::{
    Begun, Billed, BilledPrice, BillingError, Charge, Invoice, InvoiceStatus, Renewal, Standing,
};

use crate::desk::{Desk, NOON};

pub(crate) const DAY: i64 = 24 * 60 * 60;

/// Half a second behind noon: Stripe knows seconds only.
pub(crate) const START: Time = Time::from_micros(NOON * Time::SECOND + 500_000);

pub(crate) fn price(cents: i64, version: i64) -> BilledPrice {
    BilledPrice {
        package: PackageId::from_number(1),
        version,
        name: Text::parse("Starter").unwrap(),
        amount: Cents::from_count(cents),
        currency: Currency::USD,
        stripe_price_id: None,
    }
}

pub(crate) fn billed(desk: &Desk, method: Option<&str>) -> Billed {
    Billed {
        reference: [7; 16],
        known: None,
        book: [8; 16],
        created_at: START,
        user: UserId::from_number(1),
        customer: Some(desk.customer.clone()),
        email: "ada@example.com".to_owned(),
        payment_method: method.map(|word| PaymentMethod::parse(word).unwrap()),
        price: price(1_999, 1),
        anchor_at: START,
        first: period(1),
    }
}

pub(crate) fn period(number: i64) -> Period {
    Anchor::at(START).period(number).unwrap()
}

pub(crate) async fn subscribe(desk: &Desk, billed: &Billed) -> Begun {
    desk.payments.subscribe(billed, START).await.unwrap()
}

/// One that was begun, with its name.
pub(crate) async fn begun(desk: &Desk) -> Billed {
    let billed = billed(desk, Some("pm_card_visa"));
    let known = subscribe(desk, &billed).await.known;
    Billed { known: Some(known), ..billed }
}

pub(crate) async fn invoice(desk: &Desk, billed: &Billed, number: i64) -> Option<Invoice> {
    let now = period(number).starts_at;
    desk.payments.invoice(billed, period(number), now).await.unwrap()
}

pub(crate) fn word(invoice: Option<&Invoice>) -> String {
    let Some(Invoice { amount, status, .. }) = invoice else { return "none".to_owned() };
    let word = match status {
        InvoiceStatus::Paid => "paid".to_owned(),
        InvoiceStatus::Void => "void".to_owned(),
        InvoiceStatus::Uncollectible(_) => "uncollectible".to_owned(),
        InvoiceStatus::Open { failures, next_try_at, confirm } => format!(
            "open after {failures}{}{}",
            if next_try_at.is_some() { ", to be tried" } else { "" },
            if confirm.is_some() { ", to be confirmed" } else { "" },
        ),
    };
    format!("{} {word}", amount.count())
}

fn renews() -> Renewal {
    Renewal::Renew(price(1_999, 1))
}

async fn standing(desk: &Desk, billed: &Billed, told: &Renewal) -> Standing {
    desk.payments.standing(billed, Some(told)).await.unwrap()
}

pub(crate) fn named(billed: &Billed) -> &str {
    billed.known.as_ref().unwrap().subscription.as_str()
}

pub(crate) fn pass_days(desk: &Desk, days: i64) {
    desk.fake.pass(days * DAY);
}

/// Every kind of object that billing makes.
pub(crate) async fn everything(desk: &Desk) {
    let billed = begun(desk).await;
    desk.payments.keep_billing(&billed, &Renewal::Pause, None).await.unwrap();
    pass_days(desk, 31);
    desk.payments.end_billing(&billed).await.unwrap();
}

#[tokio::test]
async fn a_subscription_is_made_and_paid_once_however_often_it_is_asked_for() {
    let desk = Desk::open().await;
    let billed = billed(&desk, Some("pm_card_visa"));
    desk.fake.lose_answers(3);
    let first = subscribe(&desk, &billed).await;
    assert_eq!(word(first.first.as_ref()), "1999 paid");
    assert!(first.first.as_ref().unwrap().payment.is_some());
    assert_eq!(subscribe(&desk, &billed).await, first);
    // Longer than a key is honoured.
    pass_days(&desk, 2);
    assert_eq!(subscribe(&desk, &billed).await, first);
    assert_eq!(desk.fake.all("subscription").len(), 1);
    assert_eq!(desk.fake.all("charge").len(), 1);
    assert_eq!(desk.fake.all("price").len(), 1);
}

#[tokio::test]
async fn the_boundaries_are_stripes_whichever_clock_is_ahead() {
    const MONTH_END: i64 = NOON + 68 * DAY + DAY / 2;
    for ahead in [-2, 2] {
        let desk = Desk::open().await;
        // Half a second before 31 January; Stripe makes it a bit earlier or later.
        desk.fake.pass(MONTH_END - NOON);
        desk.fake.shift_clock(ahead);
        let start = Time::from_micros(MONTH_END * Time::SECOND - 500_000);
        let first = Anchor::at(start).period(1).unwrap();
        let billed = Billed { anchor_at: start, first, ..billed(&desk, Some("pm_card_visa")) };
        let Begun { known, anchor_at, .. } = desk.payments.subscribe(&billed, start).await.unwrap();
        let anchor = Anchor::at(anchor_at);
        let billed =
            Billed { known: Some(known), anchor_at, first: anchor.period(1).unwrap(), ..billed };
        pass_days(&desk, 370);
        let mut paid = std::collections::BTreeSet::new();
        for number in 1..=12 {
            let period = anchor.period(number).unwrap();
            let invoice = desk.payments.invoice(&billed, period, period.ends_at).await.unwrap();
            assert_eq!(word(invoice.as_ref()), "1999 paid", "{number}, {ahead}");
            paid.insert(invoice.unwrap().id.to_string());
        }
        assert_eq!(paid.len(), 12);
    }
}

#[tokio::test]
async fn a_declined_first_payment_is_an_answer_and_nothing_is_billed_any_more() {
    let desk = Desk::open().await;
    let billed = billed(&desk, Some("pm_card_visa_chargeDeclined"));
    let first = subscribe(&desk, &billed).await;
    assert_eq!(word(first.first.as_ref()), "1999 uncollectible");
    assert_eq!(word(subscribe(&desk, &billed).await.first.as_ref()), "1999 uncollectible");
    pass_days(&desk, 70);
    assert_eq!(word(subscribe(&desk, &billed).await.first.as_ref()), "1999 uncollectible");
    assert!(desk.fake.all("charge").is_empty());
    assert_eq!(desk.fake.all("invoice").len(), 1);
}

#[tokio::test]
async fn a_first_payment_may_wait_for_its_owner() {
    let desk = Desk::open().await;
    for (reference, method) in [(1, Some("pm_card_authenticationRequired")), (2, None)] {
        let billed = Billed { reference: [reference; 16], ..billed(&desk, method) };
        let waits = subscribe(&desk, &billed).await;
        assert!(word(waits.first.as_ref()).ends_with("to be confirmed"), "{waits:?}");
        let intents = desk.fake.all("payment_intent");
        desk.fake.pay(intents.last().unwrap()["id"].as_str().unwrap());
        assert_eq!(word(subscribe(&desk, &billed).await.first.as_ref()), "1999 paid");
    }
    // Nobody comes back.
    let billed = Billed { reference: [3; 16], ..billed(&desk, None) };
    subscribe(&desk, &billed).await;
    pass_days(&desk, 1);
    assert_eq!(word(subscribe(&desk, &billed).await.first.as_ref()), "1999 uncollectible");
}

#[tokio::test]
async fn what_cant_be_paid_with_is_refused_and_nothing_is_made() {
    let desk = Desk::open().await;
    let billed = billed(&desk, Some("pm_unusable"));
    let refused = desk.payments.subscribe(&billed, START).await;
    assert_eq!(refused, Err(BillingError::PaymentMethod));
    assert!(desk.fake.all("subscription").is_empty());
}

#[tokio::test]
async fn each_period_has_its_invoice_from_its_boundary_on() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    assert_eq!(word(invoice(&desk, &billed, 1).await.as_ref()), "1999 paid");
    assert_eq!(invoice(&desk, &billed, 2).await, None);
    pass_days(&desk, 30);
    assert_eq!(word(invoice(&desk, &billed, 2).await.as_ref()), "1999 open after 0, to be tried");
    // It is collected now, not in an hour.
    desk.fake.pass(60);
    assert_eq!(word(invoice(&desk, &billed, 2).await.as_ref()), "1999 paid");
    pass_days(&desk, 1);
    let second = invoice(&desk, &billed, 2).await;
    assert_eq!(word(second.as_ref()), "1999 paid");
    pass_days(&desk, 31);
    let third = invoice(&desk, &billed, 3).await;
    assert_eq!(word(third.as_ref()), "1999 paid");
    assert_ne!(second.unwrap().payment, third.unwrap().payment);
    assert_eq!(desk.fake.all("charge").len(), 3);
}

#[tokio::test]
async fn a_trial_is_paid_for_from_its_end_on() {
    let desk = Desk::open().await;
    let ends_at = START.plus(14 * Time::DAY);
    let trial = Period { number: 0, starts_at: START, ends_at };
    let billed = billed(&desk, Some("pm_card_visa"));
    let billed = Billed { first: trial, anchor_at: ends_at, ..billed };
    // Stripe's clock is behind ours.
    desk.fake.shift_clock(-2);
    desk.fake.lose_answers(2);
    let Begun { known, first, anchor_at, .. } = subscribe(&desk, &billed).await;
    assert_eq!(first, None);
    assert_eq!(anchor_at, Time::from_micros((NOON - 2 + 14 * DAY) * Time::SECOND));
    let first = Period { ends_at: anchor_at, ..billed.first };
    let billed = Billed { first, anchor_at, ..billed };
    // Asked again, it is the same one.
    assert_eq!(subscribe(&desk, &billed).await.known, known);
    let billed = Billed { known: Some(known), ..billed };
    let paid = Anchor::at(anchor_at).period(1).unwrap();
    assert_eq!(desk.payments.invoice(&billed, paid, START).await, Ok(None));
    pass_days(&desk, 15);
    let invoice = desk.payments.invoice(&billed, paid, START).await.unwrap();
    assert_eq!(word(invoice.as_ref()), "1999 paid");
}

#[tokio::test]
async fn a_declined_renewal_is_tried_three_times_in_a_week_and_given_up() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    desk.fake.change_card(named(&billed), "pm_card_visa_chargeDeclined");
    pass_days(&desk, 30);
    desk.fake.pass(2 * 60 * 60);
    let mut words = Vec::new();
    for _ in 0..8 {
        words.push(word(invoice(&desk, &billed, 2).await.as_ref()));
        pass_days(&desk, 1);
    }
    let tried = |count| format!("1999 open after {count}, to be tried");
    let mut expected = vec![tried(1), tried(2), tried(2), tried(3), tried(3), tried(3), tried(3)];
    expected.push("1999 uncollectible".to_owned());
    assert_eq!(words, expected);
    assert!(matches!(standing(&desk, &billed, &renews()).await, Standing::Ended(_)));
    assert!(desk.payments.end_billing(&billed).await.is_ok());
    assert_eq!(word(invoice(&desk, &billed, 2).await.as_ref()), "1999 void");
}

#[tokio::test]
async fn a_renewal_that_is_paid_late_is_paid() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    desk.fake.change_card(named(&billed), "pm_card_visa_chargeDeclined");
    pass_days(&desk, 31);
    desk.fake.change_card(named(&billed), "pm_card_visa");
    pass_days(&desk, 3);
    assert_eq!(word(invoice(&desk, &billed, 2).await.as_ref()), "1999 paid");
    assert_eq!(desk.fake.all("charge").len(), 2);
}

#[tokio::test]
async fn the_last_word_on_the_next_boundary_counts() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    let keep = async |renewal: Renewal| {
        desk.payments.keep_billing(&billed, &renewal, None).await.unwrap();
        desk.payments.keep_billing(&billed, &renewal, None).await.unwrap();
    };
    keep(Renewal::End).await;
    keep(Renewal::Pause).await;
    keep(Renewal::Renew(price(4_999, 2))).await;
    assert_eq!(desk.fake.all("charge").len(), 1, "nothing is billed or paid back now");
    pass_days(&desk, 31);
    assert_eq!(word(invoice(&desk, &billed, 2).await.as_ref()), "4999 paid");
    keep(Renewal::Pause).await;
    pass_days(&desk, 31);
    assert_eq!(word(invoice(&desk, &billed, 3).await.as_ref()), "4999 void");
    keep(Renewal::Renew(price(1_999, 1))).await;
    pass_days(&desk, 31);
    assert_eq!(word(invoice(&desk, &billed, 4).await.as_ref()), "1999 paid");
    keep(Renewal::End).await;
    assert_eq!(standing(&desk, &billed, &Renewal::End).await, Standing::AsTold);
    pass_days(&desk, 31);
    assert_eq!(invoice(&desk, &billed, 5).await, None);
    assert!(matches!(standing(&desk, &billed, &Renewal::End).await, Standing::Ended(_)));
    keep(Renewal::Renew(price(1_999, 1))).await;
    assert_eq!(desk.fake.all("charge").len(), 3);
}

#[tokio::test]
async fn what_somebody_arranged_with_stripe_is_told() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    assert_eq!(standing(&desk, &billed, &renews()).await, Standing::AsTold);
    desk.fake.cancel_at_period_end(named(&billed));
    assert_eq!(standing(&desk, &billed, &renews()).await, Standing::Ending);
    desk.payments.keep_billing(&billed, &Renewal::End, None).await.unwrap();
    assert_eq!(standing(&desk, &billed, &Renewal::End).await, Standing::AsTold);
    desk.fake.undo_cancel(named(&billed));
    assert_eq!(standing(&desk, &billed, &Renewal::End).await, Standing::GoesOn);
    desk.fake.end_now(named(&billed));
    let ended = Standing::Ended(Time::from_micros(NOON * Time::SECOND));
    assert_eq!(standing(&desk, &billed, &Renewal::End).await, ended);
}

#[tokio::test]
async fn a_word_that_came_late_is_not_somebodys_wish() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    desk.payments.keep_billing(&billed, &Renewal::End, None).await.unwrap();
    // Its owner undid it here meanwhile.
    assert_eq!(standing(&desk, &billed, &renews()).await, Standing::ToldOtherwise);
    desk.payments.keep_billing(&billed, &renews(), None).await.unwrap();
    assert_eq!(standing(&desk, &billed, &renews()).await, Standing::AsTold);
    let dearer = Renewal::Renew(price(4_999, 2));
    assert_eq!(standing(&desk, &billed, &dearer).await, Standing::ToldOtherwise);
    // Nor is an idle period paid for because somebody had it so there.
    desk.payments.keep_billing(&billed, &Renewal::Pause, None).await.unwrap();
    assert_eq!(standing(&desk, &billed, &Renewal::Pause).await, Standing::AsTold);
    desk.fake.tamper(named(&billed), "pause_collection", ().into());
    assert_eq!(standing(&desk, &billed, &Renewal::Pause).await, Standing::ToldOtherwise);
}

#[tokio::test]
async fn an_end_in_half_a_year_is_none_yet() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    desk.fake.tamper(named(&billed), "cancel_at", (NOON + 180 * DAY).into());
    assert_eq!(standing(&desk, &billed, &renews()).await, Standing::AsTold);
    desk.fake.tamper(named(&billed), "cancel_at", (NOON + 20 * DAY).into());
    assert_eq!(standing(&desk, &billed, &renews()).await, Standing::Ending);
}

#[tokio::test]
async fn an_amount_is_charged_once_and_tried_once() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    let charge = Charge {
        reference: [9; 16],
        amount: Cents::from_count(1_234),
        currency: Currency::USD,
        description: "Professional until then".to_owned(),
        at: START,
    };
    desk.fake.lose_answers(4);
    let paid = desk.payments.charge(&billed, &charge).await.unwrap();
    assert_eq!(word(Some(&paid)), "1234 paid");
    pass_days(&desk, 2);
    assert_eq!(desk.payments.charge(&billed, &charge).await, Ok(paid));
    assert_eq!(desk.fake.all("charge").len(), 2);
    desk.fake.change_card(named(&billed), "pm_card_visa_chargeDeclined");
    let charge = Charge { reference: [10; 16], ..charge };
    for _ in 0..2 {
        let declined = desk.payments.charge(&billed, &charge).await.unwrap();
        assert_eq!(word(Some(&declined)), "1234 uncollectible");
        pass_days(&desk, 2);
    }
    desk.fake.change_card(named(&billed), "pm_card_authenticationRequired");
    let charge = Charge { reference: [11; 16], ..charge };
    let waits = desk.payments.charge(&billed, &charge).await.unwrap();
    assert!(word(Some(&waits)).ends_with("to be confirmed"), "{waits:?}");
    // The period is none the richer by it.
    assert_eq!(word(invoice(&desk, &billed, 1).await.as_ref()), "1999 paid");
}

#[tokio::test]
async fn an_end_leaves_nothing_that_is_asked_for() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    desk.fake.change_card(named(&billed), "pm_card_visa_chargeDeclined");
    pass_days(&desk, 31);
    desk.payments.end_billing(&billed).await.unwrap();
    desk.payments.end_billing(&billed).await.unwrap();
    assert_eq!(word(invoice(&desk, &billed, 2).await.as_ref()), "1999 void");
    pass_days(&desk, 60);
    assert_eq!(invoice(&desk, &billed, 3).await, None);
    let never = Billed { reference: [12; 16], known: None, ..billed };
    assert!(desk.payments.end_billing(&never).await.is_ok());
}
