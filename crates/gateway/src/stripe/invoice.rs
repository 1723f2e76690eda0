//! Invoices as Stripe has them, and what became of one. What one is for is its
//! `total`: `amount_due` has what somebody's balance took off, and is nothing where
//! the total is less than Stripe charges.

use domain::{Cents, Currency, Period, Time};
use serde::Deserialize;

use super::error::StripeError;
use super::objects::{Intent, Page, currency, intent, unreadable};
use super::subscription::{Listed, Metadata, Subscription, second, text, time};
use crate::billing::{Invoice, InvoiceStatus};

/// How long an invoice without a next try is waited for, behind the moment it was
/// final: as long as the schedule tries.
const WAITED_US: i64 = 7 * Time::DAY;

/// An invoice.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Invoiced {
    pub(super) id: String,
    pub(super) total: i64,
    pub(super) currency: String,
    pub(super) status: Option<String>,
    pub(super) attempted: bool,
    attempt_count: i64,
    #[serde(default)]
    billing_reason: Option<String>,
    #[serde(default)]
    next_payment_attempt: Option<i64>,
    #[serde(default)]
    confirmation_secret: Option<Secret>,
    #[serde(default)]
    hosted_invoice_url: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
    pub(super) lines: Page<Line>,
    #[serde(default)]
    payments: Option<Page<InvoicePayment>>,
    status_transitions: Transitions,
}

#[derive(Clone, Debug, Deserialize)]
struct Secret {
    client_secret: String,
}

/// What an invoice is for.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Line {
    period: LinePeriod,
    #[serde(default)]
    parent: Option<LineParent>,
}

/// What a line comes from.
#[derive(Clone, Debug, Deserialize)]
struct LineParent {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Clone, Debug, Deserialize)]
struct LinePeriod {
    start: i64,
}

#[derive(Clone, Debug, Deserialize)]
struct InvoicePayment {
    payment: PaidBy,
    status: String,
}

#[derive(Clone, Debug, Deserialize)]
struct PaidBy {
    #[serde(default)]
    payment_intent: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Transitions {
    #[serde(rename = "finalized_at", default)]
    finalized: Option<i64>,
    #[serde(rename = "marked_uncollectible_at", default)]
    uncollectible: Option<i64>,
    #[serde(rename = "voided_at", default)]
    voided: Option<i64>,
}

impl Listed for Invoiced {
    fn id(&self) -> &str {
        &self.id
    }
}

/// How far the payment of an open invoice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paying {
    /// Nobody has tried.
    Untried,
    /// Its owner has to confirm it.
    Asks,
    /// The money is on its way.
    OnItsWay,
    /// It was declined.
    Declined,
}

impl Invoiced {
    pub(super) fn is_named(&self, reference: &[u8; 16]) -> bool {
        self.metadata.as_ref().is_some_and(|metadata| metadata.is(reference))
    }

    pub(super) fn is(&self, status: &str) -> bool {
        self.status.as_deref() == Some(status)
    }

    /// Whether it may still be paid, or be asked for later.
    pub(super) fn is_asked(&self) -> bool {
        self.is("draft") || self.is("open") || self.is("uncollectible")
    }

    /// Whether it is the one of a period: what the subscription costs is from a second
    /// on that lies within it. What else is on it may be of any time.
    pub(super) fn is_of(&self, period: Period) -> bool {
        let of_period = ["subscription_create", "subscription_cycle"];
        let reason = self.billing_reason.as_deref().unwrap_or_default();
        let within = second(period.starts_at)..second(period.ends_at);
        let mut lines = self.lines.data.iter().filter(|line| line.is_the_subscriptions());
        of_period.contains(&reason) && lines.any(|line| within.contains(&line.period.start))
    }

    pub(super) fn is_first(&self) -> bool {
        self.billing_reason.as_deref() == Some("subscription_create")
    }

    pub(super) fn ended_at(&self) -> Option<Time> {
        let Transitions { uncollectible, voided, .. } = self.status_transitions;
        voided.or(uncollectible).map(time)
    }

    pub(super) fn confirm(&self) -> Option<String> {
        let secret = self.confirmation_secret.as_ref().map(|it| it.client_secret.clone());
        secret.or_else(|| self.hosted_invoice_url.clone())
    }

    /// Whether the schedule has had the time it takes since it was final.
    fn is_waited_for(&self, now: Time) -> bool {
        let finalized_at = self.status_transitions.finalized.map(time);
        finalized_at.is_none_or(|at| now < at.plus(WAITED_US))
    }

    pub(super) fn payment_named(&self, status: &str) -> Option<&str> {
        let payments = self.payments.iter().flat_map(|page| &page.data);
        let mut named = payments.filter(|it| it.status == status);
        named.find_map(|it| it.payment.payment_intent.as_deref())
    }

    pub(super) fn told(&self, status: InvoiceStatus) -> Result<Invoice, StripeError> {
        let paid = self.payment_named("paid").filter(|_| status == InvoiceStatus::Paid);
        Ok(Invoice {
            id: text(&self.id, "the id of an invoice")?,
            payment: paid.map(intent).transpose()?,
            amount: Cents::from_count(self.total),
            currency: currency(&self.currency)?,
            status,
        })
    }

    /// Waits, for its owner where it asks.
    pub(super) fn waits(&self, paying: Paying) -> InvoiceStatus {
        let on_its_way = i64::from(paying == Paying::OnItsWay);
        let asks = paying == Paying::Asks || paying == Paying::Untried;
        InvoiceStatus::Open {
            failures: self.attempt_count.saturating_sub(on_its_way).max(0),
            next_try_at: self.next_payment_attempt.map(time),
            confirm: self.confirm().filter(|_| asks && self.is("open")),
        }
    }

    /// How far it is, with the payment that it waits for.
    pub(super) fn paying(&self, payment: Option<&Intent>) -> Paying {
        let was_tried = self.attempted && self.is("open");
        match payment.map(|payment| payment.status.as_str()) {
            Some("requires_action") => Paying::Asks,
            Some("processing" | "succeeded" | "requires_capture") => Paying::OnItsWay,
            _ if was_tried => Paying::Declined,
            _ if payment.is_some_and(|it| it.last_payment_error.is_some()) => Paying::Declined,
            _ => Paying::Untried,
        }
    }

    /// Whether there was nothing to try it with when it was due: no schedule tries it then.
    pub(super) fn had_no_card(&self, payment: Option<&Intent>) -> bool {
        let is_untried =
            |it: &Intent| it.status == "requires_payment_method" && it.last_payment_error.is_none();
        self.next_payment_attempt.is_none() && payment.is_some_and(is_untried)
    }

    /// Waits for its first try: nobody has to confirm it. Where there is nothing to pay
    /// with there may be none, and Stripe says that it is late all the same.
    fn waits_untried(&self, of: &Subscription) -> InvoiceStatus {
        let is_late = of.status == "past_due" && self.next_payment_attempt.is_none();
        InvoiceStatus::Open {
            failures: self.attempt_count.max(i64::from(is_late)),
            next_try_at: self.next_payment_attempt.map(time),
            confirm: None,
        }
    }

    /// What became of a period's invoice that the schedule tries.
    pub(super) fn became(&self, paying: Paying, of: &Subscription, now: Time) -> InvoiceStatus {
        match self.status.as_deref() {
            Some("paid") => InvoiceStatus::Paid,
            Some("void") => InvoiceStatus::Void,
            Some("uncollectible") => InvoiceStatus::Uncollectible(self.ended_at().unwrap_or(now)),
            _ if paying == Paying::OnItsWay => self.waits(paying),
            _ if of.is_over() => InvoiceStatus::Uncollectible(of.over_at().unwrap_or(now)),
            // The schedule is at its end.
            _ if of.status == "unpaid" => InvoiceStatus::Uncollectible(now),
            // While a try is made there is no next one either.
            _ if paying != Paying::Asks
                && self.next_payment_attempt.is_none()
                && !self.is_waited_for(now) =>
            {
                InvoiceStatus::Uncollectible(now)
            }
            _ if paying == Paying::Untried => self.waits_untried(of),
            _ => self.waits(paying),
        }
    }

    /// What became of a first payment, as far as it says itself.
    pub(super) fn first_became(&self, of: &Subscription, now: Time) -> Option<InvoiceStatus> {
        let over = of.over_at().or_else(|| self.ended_at()).unwrap_or(now);
        match self.status.as_deref() {
            Some("paid") => Some(InvoiceStatus::Paid),
            Some("void" | "uncollectible") => Some(InvoiceStatus::Uncollectible(over)),
            _ => of.is_over().then_some(InvoiceStatus::Uncollectible(over)),
        }
    }

    /// What is about to be paid is what we asked for.
    pub(super) fn check(&self, (amount, currency): (Cents, Currency)) -> Result<(), StripeError> {
        let is_asked =
            self.total == amount.count() && self.currency.eq_ignore_ascii_case(currency.as_str());
        if is_asked { Ok(()) } else { Err(unreadable("an invoice for another amount")) }
    }
}

impl Line {
    fn is_the_subscriptions(&self) -> bool {
        let parent = self.parent.as_ref();
        parent.is_none_or(|parent| parent.kind == "subscription_item_details")
    }
}
