//! The port for subscriptions: who bills each period, tries again where a payment
//! fails, and says what was paid.
//!
//! We keep the calendar and the amounts; whoever bills keeps the money. So it is
//! told what happens at the next boundary ([`Payments::keep_billing`]) and asked
//! what became of a period ([`Payments::invoice`]), as often as anybody likes: no
//! call adds to what an earlier one did. Amounts are ours. An upgrade is an
//! invoice of its own, so no provider prorates anything.
//!
//! This module must not know what credits are.

use domain::{
    Cents, Currency, PackageId, PaymentIntent, PaymentMethod, Period, Text, Time, UserId,
};

use crate::ids::CustomerId;
use crate::payments::Payments;
use crate::test_gateway::TestGateway;

/// A subscription as whoever bills it knows it, from our rows alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billed {
    /// The same whenever this subscription is asked for, and no other's: the
    /// idempotency key of [`Payments::subscribe`].
    pub reference: [u8; 16],
    /// What the provider calls it and its subscriber, once that is known.
    pub known: Option<BilledAs>,
    /// Which book it is in: two books may share one account.
    pub book: [u8; 16],
    /// When it was asked for: the provider made none of it before.
    pub created_at: Time,
    /// Whose it is.
    pub user: UserId,
    /// What the provider calls them, where it was asked for that before.
    pub customer: Option<CustomerId>,
    /// Their address.
    pub email: String,
    /// How they pay; what the provider has of them where nothing is said.
    pub payment_method: Option<PaymentMethod>,
    /// What a period costs, from now on.
    pub price: BilledPrice,
    /// The start of the first period that is paid for: all boundaries are months
    /// from it, on its day or the last of a shorter month.
    pub anchor_at: Time,
    /// The trial before it, where there is one, or the first period.
    pub first: Period,
}

/// What the provider calls a subscription and its subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledAs {
    /// `sub_…`
    pub subscription: Text,
    /// `cus_…`
    pub customer: Option<Text>,
}

/// What a period costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledPrice {
    /// The package.
    pub package: PackageId,
    /// The version of its terms.
    pub version: i64,
    /// What people call it.
    pub name: Text,
    /// How much.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
    /// The provider's word for this price, where it has one.
    pub stripe_price_id: Option<Text>,
}

/// What happens at the next boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Periods are billed at this price from then on.
    Renew(BilledPrice),
    /// None is billed from then on until it is said otherwise.
    Pause,
    /// The subscription ends then.
    End,
}

impl Renewal {
    /// What the provider keeps of it, so that what it was told last can be read
    /// there: `renew:PACKAGE:VERSION`, `pause`, `end`.
    pub fn word(&self) -> String {
        match self {
            Self::Renew(price) => format!("renew:{}:{}", price.package.number(), price.version),
            Self::Pause => "pause".to_owned(),
            Self::End => "end".to_owned(),
        }
    }
}

/// An amount that is billed once, at once, beside the periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The same whenever it is asked for, and no other's: its idempotency key.
    pub reference: [u8; 16],
    /// How much: exactly that.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
    /// For people, on the invoice.
    pub description: String,
    /// When it was first asked for.
    pub at: Time,
}

/// An invoice as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// What the provider calls it; one invoice, one period or charge.
    pub id: Text,
    /// The payment that paid it, by which its money may go back; none where it is not
    /// paid, or nothing was to be paid.
    pub payment: Option<PaymentIntent>,
    /// How much it is for.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
    /// What became of it.
    pub status: InvoiceStatus,
}

/// What became of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvoiceStatus {
    /// The money is there.
    Paid,
    /// It is not, and will be tried again or needs somebody.
    Open {
        /// Tries that failed.
        failures: i64,
        /// When the next one is, if that is known.
        next_try_at: Option<Time>,
        /// What its owner needs to confirm it: a client secret or the address of a
        /// page.
        confirm: Option<String>,
    },
    /// Nobody will try any more: since when.
    Uncollectible(Time),
    /// It is not asked for after all.
    Void,
}

/// What the provider made of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// What it calls it.
    pub known: BilledAs,
    /// The invoice of the first period; none in a trial.
    pub first: Option<Invoice>,
    /// What the provider calls that which its owner has to confirm in a trial, so that
    /// their card pays behind it ([`Payments::card_setup`]).
    pub setup: Option<Text>,
    /// The start of the first period that is paid for, as the provider counts it:
    /// who adopts it has the provider's boundaries from then on.
    pub anchor_at: Time,
}

/// What the provider says of a subscription itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does as it was told.
    AsTold,
    /// What it was told last is something else: it is to be told anew.
    ToldOtherwise,
    /// It was told to end, and somebody had it go on: the customer, at the provider's
    /// own page.
    GoesOn,
    /// Somebody asked the provider to end it at the period's end.
    Ending,
    /// It ended it, whoever asked for it, if anybody: when.
    Ended(Time),
}

/// Why whoever bills did not do or say what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BillingError {
    /// Nobody takes payments.
    #[error("payments are not set up")]
    NotSetUp,
    /// There is no such way to pay.
    #[error("the payment method can't be used")]
    PaymentMethod,
    /// The provider does not answer, or not now: the same may be asked again.
    #[error("the payment provider did not answer: {0}")]
    Away(String),
    /// It answers what it never should.
    #[error("the payment provider answered something else: {0}")]
    Unexpected(String),
}

impl Payments {
    /// Whether subscriptions are billed.
    pub const fn bills(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// Has a payment method be a customer's, so that it pays while they are away as often
    /// as they agreed to; what the provider calls it from then on. Asked again it is the
    /// same.
    pub async fn keep_method(
        &self,
        customer: Option<&CustomerId>,
        method: &PaymentMethod,
    ) -> Result<PaymentMethod, BillingError> {
        match self {
            // It knows nobody's.
            Self::Test(TestGateway) => Ok(method.clone()),
            Self::Stripe(stripe) => {
                let nameless = || BillingError::Unexpected("a payer without a name".to_owned());
                let customer = customer.ok_or_else(nameless)?;
                let kept = stripe.attach(customer, method, None).await?;
                PaymentMethod::parse(&kept).map_err(|_| BillingError::PaymentMethod)
            }
            Self::None => Err(BillingError::NotSetUp),
        }
    }

    /// Has a subscription billed: its first period at once, or a trial begun.
    /// Asked again with the same reference it answers the same subscription as it
    /// is now. A declined first payment is an answer, not an error: its invoice is
    /// [`InvoiceStatus::Uncollectible`], and nothing is billed any more.
    pub async fn subscribe(&self, billed: &Billed, now: Time) -> Result<Begun, BillingError> {
        match self {
            Self::Test(TestGateway) => TestGateway::subscribe(billed, now),
            Self::Stripe(stripe) => stripe.subscribe(billed, now).await,
            Self::None => Err(BillingError::NotSetUp),
        }
    }

    /// The subscription that [`Payments::subscribe`] made, as it is now; `None` where
    /// it never did. Nothing is asked for by it.
    pub async fn subscribed(
        &self,
        billed: &Billed,
        now: Time,
    ) -> Result<Option<Begun>, BillingError> {
        match self {
            Self::Test(TestGateway) => TestGateway::subscribed(billed, now),
            Self::Stripe(stripe) => stripe.subscribed(billed, now).await,
            Self::None => Err(BillingError::NotSetUp),
        }
    }

    /// Says what happens at the next boundary. What was said before no longer
    /// counts; saying the same again changes nothing. Nothing is billed or paid
    /// back by it now. A period that has begun and is to go by unpaid is named: what
    /// was asked for it is void, unless it is paid.
    pub async fn keep_billing(
        &self,
        billed: &Billed,
        renewal: &Renewal,
        idle: Option<Period>,
    ) -> Result<(), BillingError> {
        match self {
            // It goes by our rows.
            Self::Test(TestGateway) => Ok(()),
            Self::Stripe(stripe) => stripe.keep_billing(billed, renewal, idle).await,
            Self::None => Err(BillingError::NotSetUp),
        }
    }

    /// Bills an amount once, now, by the subscription's way to pay. Asked again
    /// with the same reference it answers the same invoice as it is now. It is
    /// tried once: declined, it is [`InvoiceStatus::Uncollectible`].
    pub async fn charge(&self, billed: &Billed, charge: &Charge) -> Result<Invoice, BillingError> {
        match self {
            Self::Test(TestGateway) => TestGateway::charge(billed, charge),
            Self::Stripe(stripe) => stripe.charge(billed, charge).await,
            Self::None => Err(BillingError::NotSetUp),
        }
    }

    /// Gives a charge up: it is void, unless it is paid or its payment is on its way.
    /// What became of it; `None` where it never was made.
    pub async fn withdraw(
        &self,
        billed: &Billed,
        charge: &Charge,
    ) -> Result<Option<Invoice>, BillingError> {
        match self {
            // It keeps nothing, so nothing was paid that nobody wrote down.
            Self::Test(TestGateway) => Ok(None),
            Self::Stripe(stripe) => stripe.withdraw(billed, charge).await,
            Self::None => Err(BillingError::NotSetUp),
        }
    }

    /// The invoice of the period that begins at an instant, as it is now; `None`
    /// where there is none yet. One that is not final yet becomes so, for what a period
    /// costs, and is tried. It is tried again by the provider's schedule:
    /// three times within seven days, then it is [`InvoiceStatus::Uncollectible`].
    /// A period that was paused is [`InvoiceStatus::Void`].
    pub async fn invoice(
        &self,
        billed: &Billed,
        period: Period,
        now: Time,
    ) -> Result<Option<Invoice>, BillingError> {
        match self {
            Self::Test(TestGateway) => TestGateway::invoice(billed, period, now),
            Self::Stripe(stripe) => stripe.invoice(billed, period, now).await,
            Self::None => Err(BillingError::NotSetUp),
        }
    }

    /// Has nobody ask for a period's money any more: it counts as paid. It is well
    /// too where it turned out paid.
    pub async fn waive(&self, billed: &Billed, period: Period) -> Result<(), BillingError> {
        match self {
            Self::Test(TestGateway) => Ok(()),
            Self::Stripe(stripe) => stripe.waive(billed, period).await,
            Self::None => Err(BillingError::NotSetUp),
        }
    }

    /// What the provider says of the subscription itself, beside what we told it.
    pub async fn standing(
        &self,
        billed: &Billed,
        told: Option<&Renewal>,
    ) -> Result<Standing, BillingError> {
        match self {
            // Nobody can reach it but us.
            Self::Test(TestGateway) => Ok(Standing::AsTold),
            Self::Stripe(stripe) => stripe.standing(billed, told).await,
            Self::None => Err(BillingError::NotSetUp),
        }
    }

    /// Ends a subscription at once: what is not paid is void, and nothing is billed
    /// or tried any more. One that has ended, or never was, stays so. Its first
    /// invoice, where that is paid: nobody may have known when it was to end.
    pub async fn end_billing(&self, billed: &Billed) -> Result<Option<Invoice>, BillingError> {
        match self {
            Self::Test(TestGateway) => Ok(None),
            Self::Stripe(stripe) => stripe.end_billing(billed).await,
            Self::None => Err(BillingError::NotSetUp),
        }
    }
}
