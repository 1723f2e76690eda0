//! Our records of money, each with its cent at Stripe: purchases and periods that were
//! paid, and what went back of them.

use domain::{Cents, Currency, PaymentIntent, PurchaseId, Time, UserId};
use gateway::{Asked, PaymentState, Way};
use store::purchases::{self, Purchase};
use store::reconciliations::Finding;
use store::reversals::{self, Reversal};
use store::subscription_periods::{self as periods, Period};
use store::subscriptions;

use super::movements::Seen;
use crate::App;
use crate::error::{Error, stored};

/// The most records it compares at once.
const RECORDS_MAX: i64 = 500;

/// A kind of records.
#[derive(Clone, Copy, Debug)]
pub(super) enum Records {
    /// Credits that were bought.
    Purchases,
    /// Credits that a subscription gave for its money.
    Periods,
    /// Credits that went because money went back.
    Reversals,
}

/// One of them.
enum Record {
    Purchase(Purchase),
    Period(Period),
    Reversal(Reversal),
}

impl Record {
    const fn id(&self) -> i64 {
        match self {
            Self::Purchase(purchase) => purchase.id,
            Self::Period(period) => period.id,
            Self::Reversal(reversal) => reversal.id,
        }
    }

    /// What the provider calls its money.
    fn provider_id(&self) -> Option<&str> {
        match self {
            Self::Purchase(purchase) => purchase.of.payment_intent.as_deref(),
            Self::Period(period) => period.payment_intent.as_deref(),
            Self::Reversal(reversal) => reversal.standing.provider_id.as_deref(),
        }
    }

    fn is_among(&self, seen: &Seen) -> bool {
        let id = self.provider_id().unwrap_or_default();
        match self {
            Self::Purchase(_) | Self::Period(_) => seen.payments.contains(id),
            Self::Reversal(_) => seen.reversals.contains(id),
        }
    }

    /// A record without its cent.
    fn finding(&self) -> Finding {
        let (missing, name, cents, currency) = match self {
            Self::Purchase(it) => ("payment", "purchase", it.of.cents, &it.of.currency),
            Self::Period(it) => ("payment", "subscription_period", it.cents, &it.currency),
            Self::Reversal(it) => (word(it), "reversal", it.of.cents, &it.of.currency),
        };
        Finding {
            kind: format!("record_without_{missing}"),
            provider_id: self.provider_id().map(str::to_owned),
            record: Some(format!("{name}:{}", self.id())),
            ours: Some(cents),
            theirs: None,
            currency: Some(currency.clone()),
        }
    }
}

impl App {
    /// Compares our records of a kind since then; how many there were.
    pub(super) async fn compare_records(
        &self,
        which: Records,
        (since, seen): (Time, &Seen),
        findings: &mut Vec<Finding>,
    ) -> Result<i64, Error> {
        let (mut after, mut compared) = (0, 0_i64);
        loop {
            let page = self.records(which, since, after).await?;
            let Some(last) = page.last() else { return Ok(compared) };
            after = last.id();
            for record in &page {
                compared = compared.saturating_add(1);
                if !record.is_among(seen) && !self.is_there(record).await? {
                    findings.push(record.finding());
                }
            }
        }
    }

    async fn records(&self, which: Records, since: Time, after: i64) -> Result<Vec<Record>, Error> {
        self.read(move |tx| {
            Box::pin(async move {
                Ok(match which {
                    Records::Purchases => {
                        let page = purchases::settled_since(since, after, RECORDS_MAX);
                        tx.all(page).await?.into_iter().map(Record::Purchase).collect()
                    }
                    Records::Periods => {
                        let page = periods::paid_since(since, after, RECORDS_MAX);
                        tx.all(page).await?.into_iter().map(Record::Period).collect()
                    }
                    Records::Reversals => {
                        let page = reversals::moved_since(since, after, RECORDS_MAX);
                        tx.all(page).await?.into_iter().map(Record::Reversal).collect()
                    }
                })
            })
        })
        .await
    }

    /// Whether the provider has what is not among its latest movements.
    async fn is_there(&self, record: &Record) -> Result<bool, Error> {
        match record {
            Record::Purchase(purchase) => self.is_paid_there(purchase).await,
            Record::Period(period) => self.is_period_paid_there(period).await,
            Record::Reversal(reversal) => self.went_back_there(reversal).await,
        }
    }

    /// Whether the provider has a payment that is not among the latest ones.
    async fn is_paid_there(&self, purchase: &Purchase) -> Result<bool, Error> {
        let asked = self.asked_of(PurchaseId::from_number(purchase.id)).await?;
        self.came_in_there(&asked).await
    }

    /// The same of a period's: it has its name, so it is only looked at.
    async fn is_period_paid_there(&self, period: &Period) -> Result<bool, Error> {
        let (id, now) = (period.subscription_id, self.ledger().time()?);
        let of = self.one(subscriptions::by_id(id)).await?;
        let intent = period.payment_intent.as_deref().map(PaymentIntent::parse).transpose();
        let Some(intent) = intent.map_err(stored("payment"))? else { return Ok(true) };
        let currency = Currency::parse(&period.currency);
        let asked = Asked {
            reference: of.billing_reference,
            purchase: PurchaseId::from_number(0),
            user: UserId::from_number(of.user_id),
            customer: None,
            amount: Cents::from_count(period.cents),
            currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
            way: Way::Intent(None),
            intent: Some(intent),
            checkout: None,
            begun_at: period.created_at,
            now,
            act: None,
        };
        self.came_in_there(&asked).await
    }

    async fn came_in_there(&self, asked: &Asked) -> Result<bool, Error> {
        match self.parts.payments.progress(asked).await {
            Ok(payment) => {
                let is_paid = matches!(payment.state, PaymentState::Paid);
                Ok(is_paid && payment.amount == asked.amount && payment.currency == asked.currency)
            }
            Err(gateway::PaymentError::NotFound) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The same of a refund or dispute.
    async fn went_back_there(&self, row: &Reversal) -> Result<bool, Error> {
        let intent = PaymentIntent::parse(&row.of.payment_intent).map_err(stored("payment"))?;
        let told = self.told_of_money(&intent).await?;
        Ok(told.iter().any(|told| {
            row.standing.provider_id.as_deref() == Some(told.id.as_str())
                && told.amount.count() == row.of.cents
        }))
    }
}

fn word(row: &Reversal) -> &'static str {
    if row.of.kind == "refund" { "refund" } else { "dispute" }
}
