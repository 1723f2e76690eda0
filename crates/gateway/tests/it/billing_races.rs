//! Subscriptions where two things happen at once, or one of them half: what Stripe
//! failed at, what its customer does at the same moment, what was told too late.

use domain::{Cents, Currency, Time};
use gateway::{Billed, BillingError, Charge, Invoice, InvoiceStatus, Renewal};

use crate::billing::{
    DAY, START, begun, billed, invoice, named, pass_days, period, price, subscribe, word,
};
use crate::desk::Desk;

fn charge(reference: u8) -> Charge {
    Charge {
        reference: [reference; 16],
        amount: Cents::from_count(1_234),
        currency: Currency::USD,
        description: "Professional until then".to_owned(),
        at: START,
    }
}

/// The payment of the newest invoice.
fn payment(desk: &Desk) -> String {
    let intents = desk.fake.all("payment_intent");
    intents.last().unwrap()["id"].as_str().unwrap().to_owned()
}

fn newest_invoice(desk: &Desk) -> String {
    desk.fake.all("invoice").last().unwrap()["id"].as_str().unwrap().to_owned()
}

fn charges(desk: &Desk) -> usize {
    desk.fake.all("charge").len()
}

/// Stripe has just drafted the second period's invoice.
async fn drafted(desk: &Desk) -> Billed {
    let billed = begun(desk).await;
    pass_days(desk, 30);
    assert_eq!(desk.fake.object(&newest_invoice(desk))["status"], "draft");
    billed
}

#[tokio::test]
async fn what_stripe_failed_at_is_made_once_by_another_key() {
    for request in ["POST /v1/subscriptions", "POST /v1/prices", "POST /v1/products"] {
        let desk = Desk::open().await;
        let billed = billed(&desk, Some("pm_card_visa"));
        desk.fake.fail_at(request);
        assert_eq!(word(subscribe(&desk, &billed).await.first.as_ref()), "1999 paid", "{request}");
        let desk = Desk::open().await;
        let billed = Billed { customer: Some(desk.customer.clone()), ..billed };
        desk.fake.fail_behind(request);
        assert_eq!(word(subscribe(&desk, &billed).await.first.as_ref()), "1999 paid", "{request}");
        assert_eq!(desk.fake.all("subscription").len(), 1, "{request}");
        assert_eq!(desk.fake.all("price").len(), 1, "{request}");
    }
}

#[tokio::test]
async fn an_amount_is_charged_once_whatever_stripe_failed_at() {
    for request in ["POST /v1/invoices", "POST /v1/invoiceitems"] {
        let desk = Desk::open().await;
        let billed = begun(&desk).await;
        desk.fake.fail_at(request);
        let paid = desk.payments.charge(&billed, &charge(9)).await.unwrap();
        assert_eq!(word(Some(&paid)), "1234 paid", "{request}");
        desk.fake.fail_behind(request);
        let paid = desk.payments.charge(&billed, &charge(10)).await.unwrap();
        assert_eq!(word(Some(&paid)), "1234 paid", "{request}");
        assert_eq!((charges(&desk), desk.fake.all("invoice").len()), (3, 3), "{request}");
    }
}

#[tokio::test]
async fn a_pause_that_was_told_too_late_voids_what_was_drafted() {
    let desk = Desk::open().await;
    let billed = drafted(&desk).await;
    let pause = Renewal::Pause;
    desk.payments.keep_billing(&billed, &pause, Some(period(2))).await.unwrap();
    desk.payments.keep_billing(&billed, &pause, Some(period(2))).await.unwrap();
    pass_days(&desk, 20);
    assert_eq!(word(invoice(&desk, &billed, 2).await.as_ref()), "1999 void");
    assert_eq!(charges(&desk), 1);
}

#[tokio::test]
async fn a_change_that_was_told_too_late_is_on_the_draft() {
    for (cents, version) in [(4_999, 2), (999, 3)] {
        let desk = Desk::open().await;
        let billed = drafted(&desk).await;
        let price = price(cents, version);
        let renews = Renewal::Renew(price.clone());
        desk.payments.keep_billing(&billed, &renews, None).await.unwrap();
        let billed = Billed { price, ..billed };
        let line = "POST /v1/invoiceitems";
        if version == 2 {
            desk.fake.fail_behind(line);
        } else {
            desk.fake.fail_at(line);
        }
        let told = word(invoice(&desk, &billed, 2).await.as_ref());
        assert_eq!(told, format!("{cents} open after 0, to be tried"));
        pass_days(&desk, 1);
        assert_eq!(word(invoice(&desk, &billed, 2).await.as_ref()), format!("{cents} paid"));
        assert_eq!(desk.fake.all("charge")[1]["amount"], cents);
    }
}

#[tokio::test]
async fn a_charge_that_is_given_up_is_void_unless_it_is_paid() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    assert_eq!(desk.payments.withdraw(&billed, &charge(1)).await, Ok(None));
    let paid = desk.payments.charge(&billed, &charge(2)).await.unwrap();
    assert_eq!(desk.payments.withdraw(&billed, &charge(2)).await, Ok(Some(paid)));
    desk.fake.change_card(named(&billed), "pm_card_authenticationRequired");
    desk.payments.charge(&billed, &charge(3)).await.unwrap();
    for _ in 0..2 {
        let void = desk.payments.withdraw(&billed, &charge(3)).await.unwrap();
        assert_eq!(word(void.as_ref()), "1234 void");
    }
    assert_eq!(desk.fake.object(&payment(&desk))["status"], "canceled", "nobody can pay it");
    // Its owner confirms it at this moment.
    desk.payments.charge(&billed, &charge(4)).await.unwrap();
    let void = format!("POST /v1/invoices/{}/void", newest_invoice(&desk));
    desk.fake.pay_before(&void, &payment(&desk));
    let paid = desk.payments.withdraw(&billed, &charge(4)).await.unwrap();
    assert_eq!(word(paid.as_ref()), "1234 paid");
    // Its money is on its way.
    desk.payments.charge(&billed, &charge(5)).await.unwrap();
    desk.fake.pay_slowly(&payment(&desk));
    let waits = desk.payments.withdraw(&billed, &charge(5)).await.unwrap().unwrap();
    assert!(matches!(waits.status, InvoiceStatus::Open { .. }), "{waits:?}");
    // Stripe failed before it had a line: it was for nothing.
    desk.fake.change_card(named(&billed), "pm_card_visa");
    desk.payments.charge(&billed, &charge(6)).await.unwrap();
    let emptied = serde_json::json!({"data": [], "has_more": false});
    for (field, value) in [
        ("lines", emptied),
        ("total", 0.into()),
        ("amount_due", 0.into()),
        ("status", "draft".into()),
    ] {
        desk.fake.tamper(&newest_invoice(&desk), field, value);
    }
    assert_eq!(desk.payments.withdraw(&billed, &charge(6)).await, Ok(None));
    assert_eq!(desk.fake.object(&newest_invoice(&desk))["status"], "paid", "by nothing");
    assert_eq!(charges(&desk), 4);
}

#[tokio::test]
async fn who_pays_while_a_first_payment_is_given_up_has_their_subscription() {
    let desk = Desk::open().await;
    // A card was declined on the page, and then another one is named.
    subscribe(&desk, &billed(&desk, None)).await;
    desk.fake.decline(&payment(&desk));
    let void = format!("POST /v1/invoices/{}/void", newest_invoice(&desk));
    desk.fake.pay_before(&void, &payment(&desk));
    let begun = subscribe(&desk, &billed(&desk, Some("pm_card_visa"))).await;
    assert_eq!(word(begun.first.as_ref()), "1999 paid");
    let status = desk.fake.object(begun.known.subscription.as_str())["status"].clone();
    assert_eq!(status, "active");
}

#[tokio::test]
async fn an_end_voids_first_and_tells_what_was_paid_meanwhile() {
    let desk = Desk::open().await;
    let unpaid = billed(&desk, None);
    subscribe(&desk, &unpaid).await;
    assert_eq!(desk.payments.end_billing(&unpaid).await, Ok(None));
    let asked = desk.fake.asked();
    let place = |what: &str| asked.iter().position(|it| it.contains(what)).unwrap();
    assert!(place("/void") < place("DELETE"), "{asked:?}");
    // Its owner pays at this moment.
    let unpaid = Billed { reference: [8; 16], ..unpaid };
    subscribe(&desk, &unpaid).await;
    let void = format!("POST /v1/invoices/{}/void", newest_invoice(&desk));
    desk.fake.pay_before(&void, &payment(&desk));
    for _ in 0..2 {
        let paid = desk.payments.end_billing(&unpaid).await.unwrap();
        assert_eq!(word(paid.as_ref()), "1999 paid");
        assert!(paid.unwrap().payment.is_some());
    }
    // What is on its way is told once it is decided.
    let slow = Billed { reference: [9; 16], ..unpaid };
    subscribe(&desk, &slow).await;
    let intent = payment(&desk);
    desk.fake.pay_slowly(&intent);
    let waits = desk.payments.end_billing(&slow).await;
    assert!(matches!(waits, Err(BillingError::Away(_))), "{waits:?}");
    desk.fake.settle(&intent);
    let paid = desk.payments.end_billing(&slow).await.unwrap();
    assert_eq!(word(paid.as_ref()), "1999 paid");
}

#[tokio::test]
async fn an_invoice_that_can_t_be_voided_keeps_no_subscription_alive() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    desk.fake.change_card(named(&billed), "pm_card_visa_chargeDeclined");
    pass_days(&desk, 31);
    desk.fake.refuse_at(&format!("POST /v1/invoices/{}/void", newest_invoice(&desk)));
    desk.payments.end_billing(&billed).await.unwrap();
    assert_eq!(desk.fake.object(named(&billed))["status"], "canceled");
    assert_eq!(desk.fake.object(&newest_invoice(&desk))["status"], "void", "by the second try");
    // Not one that it hides from who has another account's key.
    desk.fake.tamper(named(&billed), "object", "gone".into());
    assert!(desk.payments.end_billing(&billed).await.is_err(), "it may bill all the same");
}

#[tokio::test]
async fn a_trial_whose_name_was_lost_is_found_by_when_it_was_asked_for() {
    let desk = Desk::open().await;
    let ends_at = START.plus(14 * Time::DAY);
    let first = domain::Period { number: 0, starts_at: START, ends_at };
    let trial = Billed { first, anchor_at: ends_at, ..billed(&desk, None) };
    subscribe(&desk, &trial).await;
    // It is known by the first period that is paid for.
    let nameless = Billed { first: domain::Anchor::at(ends_at).period(1).unwrap(), ..trial };
    assert_eq!(desk.payments.end_billing(&nameless).await, Ok(None));
    assert_eq!(desk.fake.all("subscription")[0]["status"], "canceled");
}

#[tokio::test]
async fn a_trial_that_ended_was_paid_by_nobody() {
    let desk = Desk::open().await;
    let ends_at = START.plus(14 * Time::DAY);
    let first = domain::Period { number: 0, starts_at: START, ends_at };
    let trial = Billed { first, anchor_at: ends_at, ..billed(&desk, None) };
    subscribe(&desk, &trial).await;
    assert_eq!(desk.payments.end_billing(&trial).await, Ok(None));
}

#[tokio::test]
async fn a_period_that_staff_gave_is_asked_for_no_more() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    let waive = async |billed: &Billed, number| desk.payments.waive(billed, period(number)).await;
    assert_eq!(waive(&billed, 1).await, Ok(()), "it is paid");
    let early = waive(&billed, 2).await;
    assert!(matches!(early, Err(BillingError::Away(_))), "{early:?}");
    // As a draft.
    pass_days(&desk, 30);
    assert_eq!(waive(&billed, 2).await, Ok(()));
    let told: Invoice = invoice(&desk, &billed, 2).await.unwrap();
    assert_eq!((word(Some(&told)), told.payment), ("1999 paid".to_owned(), None));
    // Between two tries.
    desk.fake.change_card(named(&billed), "pm_card_visa_chargeDeclined");
    pass_days(&desk, 32);
    for _ in 0..2 {
        assert_eq!(waive(&billed, 3).await, Ok(()));
    }
    pass_days(&desk, 20);
    assert_eq!(desk.fake.object(named(&billed))["status"], "active");
    assert_eq!(charges(&desk), 1);
    // While money is on its way nobody says that there will be none.
    desk.fake.change_card(named(&billed), "pm_usBankAccount_processing");
    pass_days(&desk, 12);
    let early = waive(&billed, 4).await;
    assert!(matches!(early, Err(BillingError::Away(_))), "{early:?}");
    desk.fake.settle(&payment(&desk));
    assert_eq!(waive(&billed, 4).await, Ok(()));
    assert_eq!(charges(&desk), 2);
}

#[tokio::test]
async fn one_look_without_a_next_try_ends_nothing() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    desk.fake.change_card(named(&billed), "pm_card_visa_chargeDeclined");
    pass_days(&desk, 31);
    desk.fake.tamper(&newest_invoice(&desk), "next_payment_attempt", ().into());
    let second = period(2);
    let told = async |days: i64| {
        let now = second.starts_at.plus(days * Time::DAY);
        let invoice = desk.payments.invoice(&billed, second, now).await.unwrap();
        word(invoice.as_ref())
    };
    assert_eq!(told(1).await, "1999 open after 1");
    assert_eq!(told(8).await, "1999 uncollectible");
    desk.fake.tamper(named(&billed), "status", "unpaid".into());
    assert_eq!(told(1).await, "1999 uncollectible");
}

#[tokio::test]
async fn an_invoice_is_for_its_total_whatever_a_balance_took_off() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    desk.fake.tamper(&newest_invoice(&desk), "amount_due", 0.into());
    assert_eq!(word(invoice(&desk, &billed, 1).await.as_ref()), "1999 paid");
}

#[tokio::test]
async fn a_price_is_read_before_it_is_billed() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    let id = desk.fake.all("price")[0]["id"].as_str().unwrap().to_owned();
    let mut known = price(1_999, 1);
    known.stripe_price_id = Some(domain::Text::parse(&id).unwrap());
    let renews = Renewal::Renew(known.clone());
    assert_eq!(desk.payments.keep_billing(&billed, &renews, None).await, Ok(()));
    for (field, wrong) in [
        ("unit_amount", serde_json::json!(1)),
        ("currency", "eur".into()),
        ("recurring", serde_json::json!({"interval": "year", "interval_count": 1})),
    ] {
        let right = desk.fake.object(&id)[field].clone();
        desk.fake.tamper(&id, field, wrong);
        let refused = desk.payments.keep_billing(&billed, &renews, None).await;
        assert!(matches!(refused, Err(BillingError::Unexpected(_))), "{field}: {refused:?}");
        let other = Billed { reference: [3; 16], known: None, ..billed.clone() };
        let other = Billed { price: known.clone(), ..other };
        let refused = desk.payments.subscribe(&other, START).await;
        assert!(matches!(refused, Err(BillingError::Unexpected(_))), "{field}: {refused:?}");
        desk.fake.tamper(&id, field, right);
    }
    assert_eq!(desk.fake.all("subscription").len(), 1);
}

#[tokio::test]
async fn a_customer_who_is_gone_is_no_matter_of_the_card() {
    let desk = Desk::open().await;
    let billed = billed(&desk, Some("pm_card_visa"));
    desk.fake.tamper(desk.customer.as_str(), "object", "gone".into());
    let refused = desk.payments.subscribe(&billed, START).await;
    assert!(matches!(refused, Err(BillingError::Unexpected(_))), "{refused:?}");
}

#[tokio::test]
async fn an_item_that_staff_added_is_of_no_other_period() {
    let desk = Desk::open().await;
    let billed = begun(&desk).await;
    let first = invoice(&desk, &billed, 1).await.unwrap();
    pass_days(&desk, 31);
    let second = newest_invoice(&desk);
    let mut lines = desk.fake.object(&second)["lines"].clone();
    let mut item = lines["data"][0].clone();
    item["parent"]["type"] = "invoice_item_details".into();
    let within = crate::desk::NOON + 3 * DAY;
    item["period"] = serde_json::json!({"start": within, "end": within});
    lines["data"].as_array_mut().unwrap().push(item);
    desk.fake.tamper(&second, "lines", lines);
    assert_eq!(invoice(&desk, &billed, 1).await.unwrap().id, first.id);
}
