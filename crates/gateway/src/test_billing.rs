//! How the gateway of test books bills: by the word of the payment method, our
//! rows and the clock. It keeps nothing, so a crash loses nothing.
//!
//! | payment method | what becomes of its payments |
//! |---|---|
//! | none, or any other word | paid at once |
//! | `pm_test_declined` | every one is declined, every time |
//! | `pm_test_declined_on_renewal` | the first is paid, every later one declined |
//! | `pm_test_declined_then_recovers` | the first is paid; a later one is declined, and paid at the second of the tries that follow |
//! | `pm_test_confirms_late` | the first waits for an hour, as for its owner's confirmation, or the card does where a trial begins; the others are paid |

use domain::{Cents, Currency, PaymentIntent, PaymentMethod, Period, Text, Time};
use sha2::{Digest as _, Sha256};

use crate::billing::{Begun, Billed, BilledAs, BillingError, Charge, Invoice, InvoiceStatus};
use crate::card_setups::CardSetup;
use crate::hex::hex;
use crate::payments::Step;
use crate::test_gateway::TestGateway;

/// When a payment that was declined is tried again, behind the first try: three
/// times over seven days.
pub const TRIES_AFTER_US: [i64; 3] = [Time::DAY, 3 * Time::DAY, 7 * Time::DAY];

/// How long a confirmation takes.
const CONFIRMED_AFTER_US: i64 = 3_600 * Time::SECOND;

/// What a payment method does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behaviour {
    Pays,
    Declines,
    DeclinesRenewals,
    Recovers,
    ConfirmsLate,
}

impl Behaviour {
    fn of(method: Option<&PaymentMethod>) -> Self {
        match method.map(PaymentMethod::as_str) {
            Some("pm_test_declined") => Self::Declines,
            Some("pm_test_declined_on_renewal") => Self::DeclinesRenewals,
            Some("pm_test_declined_then_recovers") => Self::Recovers,
            Some("pm_test_confirms_late") => Self::ConfirmsLate,
            _ => Self::Pays,
        }
    }

    /// At which try a renewal is paid; the first is 0.
    const fn paid_at_try(self) -> Option<usize> {
        match self {
            Self::Pays | Self::ConfirmsLate => Some(0),
            Self::Recovers => Some(2),
            Self::Declines | Self::DeclinesRenewals => None,
        }
    }
}

impl TestGateway {
    pub(crate) fn subscribe(billed: &Billed, now: Time) -> Result<Begun, BillingError> {
        let known = BilledAs {
            subscription: text(&format!("sub_test_{}", digits(&billed.reference, "subscription")))?,
            customer: Some(text(&format!("cus_test_{}", billed.user))?),
        };
        let first = (billed.first.number > 0).then(|| Self::first(billed, now)).transpose()?;
        let setup = Self::card_setup(billed, now).map(|_| text(&setup(billed))).transpose()?;
        Ok(Begun { known, first, setup, anchor_at: billed.anchor_at })
    }

    /// It is known from the first answer on that was written down.
    pub(crate) fn subscribed(billed: &Billed, now: Time) -> Result<Option<Begun>, BillingError> {
        billed.known.is_some().then(|| Self::subscribe(billed, now)).transpose()
    }

    fn first(billed: &Billed, now: Time) -> Result<Invoice, BillingError> {
        let starts_at = billed.first.starts_at;
        let status = match Behaviour::of(billed.payment_method.as_ref()) {
            Behaviour::Declines => InvoiceStatus::Uncollectible(starts_at),
            Behaviour::ConfirmsLate if now < starts_at.plus(CONFIRMED_AFTER_US) => {
                InvoiceStatus::Open {
                    failures: 0,
                    next_try_at: Some(starts_at.plus(CONFIRMED_AFTER_US)),
                    confirm: Some(format!("{}_secret", setup(billed))),
                }
            }
            _ => InvoiceStatus::Paid,
        };
        of_period(billed, billed.first, status)
    }

    /// Its owner confirms it within an hour, where the word says so.
    pub(crate) fn card_setup(billed: &Billed, now: Time) -> Option<CardSetup> {
        let Period { number, starts_at, .. } = billed.first;
        let waits = Behaviour::of(billed.payment_method.as_ref()) == Behaviour::ConfirmsLate
            && number == 0
            && now < starts_at.plus(CONFIRMED_AFTER_US);
        waits.then(|| CardSetup {
            status: Step::Action.as_str(),
            client_secret: Some(format!("{}_secret", setup(billed)).into()),
            declined: None,
        })
    }

    pub(crate) fn charge(billed: &Billed, charge: &Charge) -> Result<Invoice, BillingError> {
        let status = match Behaviour::of(billed.payment_method.as_ref()) {
            Behaviour::Pays | Behaviour::ConfirmsLate => InvoiceStatus::Paid,
            _ => InvoiceStatus::Uncollectible(charge.at),
        };
        invoice(&digits(&charge.reference, "charge"), (charge.amount, charge.currency), status)
    }

    pub(crate) fn invoice(
        billed: &Billed,
        period: Period,
        now: Time,
    ) -> Result<Option<Invoice>, BillingError> {
        if now < period.starts_at {
            return Ok(None);
        }
        if period == billed.first {
            return Self::first(billed, now).map(Some);
        }
        let behaviour = Behaviour::of(billed.payment_method.as_ref());
        // Behind a trial it is the first payment there is.
        let is_first = period.number == 1 && behaviour != Behaviour::Declines;
        let behaviour = if is_first { Behaviour::Pays } else { behaviour };
        of_period(billed, period, renewed(behaviour, period.starts_at, now)).map(Some)
    }
}

/// What became of a payment that was first tried at an instant.
fn renewed(behaviour: Behaviour, first_try: Time, now: Time) -> InvoiceStatus {
    let tries = || std::iter::once(0).chain(TRIES_AFTER_US).map(|after| first_try.plus(after));
    let paid_at = behaviour.paid_at_try().and_then(|place| tries().nth(place));
    if paid_at.is_some_and(|paid_at| paid_at <= now) {
        return InvoiceStatus::Paid;
    }
    let failed = tries().filter(|at| *at <= now).count();
    match tries().find(|at| *at > now) {
        Some(next) => InvoiceStatus::Open {
            failures: i64::try_from(failed).unwrap_or(i64::MAX),
            next_try_at: Some(next),
            confirm: None,
        },
        None => InvoiceStatus::Uncollectible(tries().next_back().unwrap_or(first_try)),
    }
}

fn of_period(billed: &Billed, of: Period, status: InvoiceStatus) -> Result<Invoice, BillingError> {
    let name = digits(&billed.reference, &of.number.to_string());
    invoice(&name, (billed.price.amount, billed.price.currency), status)
}

fn invoice(
    name: &str,
    (amount, currency): (Cents, Currency),
    status: InvoiceStatus,
) -> Result<Invoice, BillingError> {
    let payment = match status {
        InvoiceStatus::Paid => Some(payment(name)?),
        _ => None,
    };
    Ok(Invoice { id: text(&format!("in_test_{name}"))?, payment, amount, currency, status })
}

/// What its owner confirms.
fn setup(billed: &Billed) -> String {
    format!("seti_test_{}", digits(&billed.reference, "setup"))
}

/// What is named after a reference. None of these names tells another one, so nobody
/// knows the next payment's.
fn digits(reference: &[u8; 16], what: &str) -> String {
    let digest = Sha256::new().chain_update(reference).chain_update(what).finalize();
    hex(digest.iter().as_slice().get(..16).unwrap_or_default())
}

fn payment(name: &str) -> Result<PaymentIntent, BillingError> {
    let payment = PaymentIntent::parse(&format!("pi_test_{name}"));
    payment.map_err(|error| BillingError::Unexpected(error.to_string()))
}

fn text(text: &str) -> Result<Text, BillingError> {
    Text::parse(text).map_err(|error| BillingError::Unexpected(error.to_string()))
}

#[cfg(test)]
#[path = "test_billing_tests.rs"]
mod tests;
