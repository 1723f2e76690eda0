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

impl App {
    /// Compares what we granted for money since then; how many there were.
    pub(super) async fn compare_purchases(
        &self,
        since: Time,
        seen: &Seen,
        findings: &mut Vec<Finding>,
    ) -> Result<i64, Error> {
        let (mut after, mut compared) = (0, 0_i64);
        loop {
            let page = self.read(move |tx| {
                Box::pin(async move {
                    Ok(tx.all(purchases::settled_since(since, after, RECORDS_MAX)).await?)
                })
            });
            let page = page.await?;
            for purchase in &page {
                after = purchase.id;
                compared = compared.saturating_add(1);
                let intent = purchase.of.payment_intent.as_deref().unwrap_or_default();
                if !seen.payments.contains(intent) && !self.is_paid_there(purchase).await? {
                    findings.push(Finding {
                        kind: "record_without_payment".to_owned(),
                        provider_id: purchase.of.payment_intent.clone(),
                        record: Some(format!("purchase:{}", purchase.id)),
                        ours: Some(purchase.of.cents),
                        theirs: None,
                        currency: Some(purchase.of.currency.clone()),
                    });
                }
            }
            if page.is_empty() {
                return Ok(compared);
            }
        }
    }

    /// Compares what we gave for the money of subscriptions since then; how many there
    /// were.
    pub(super) async fn compare_periods(
        &self,
        since: Time,
        seen: &Seen,
        findings: &mut Vec<Finding>,
    ) -> Result<i64, Error> {
        let (mut after, mut compared) = (0, 0_i64);
        loop {
            let page = self.read(move |tx| {
                Box::pin(async move {
                    Ok(tx.all(periods::paid_since(since, after, RECORDS_MAX)).await?)
                })
            });
            let page = page.await?;
            for period in &page {
                after = period.id;
                compared = compared.saturating_add(1);
                let intent = period.payment_intent.as_deref().unwrap_or_default();
                if !seen.payments.contains(intent) && !self.is_period_paid_there(period).await? {
                    findings.push(Finding {
                        kind: "record_without_payment".to_owned(),
                        provider_id: period.payment_intent.clone(),
                        record: Some(format!("subscription_period:{}", period.id)),
                        ours: Some(period.cents),
                        theirs: None,
                        currency: Some(period.currency.clone()),
                    });
                }
            }
            if page.is_empty() {
                return Ok(compared);
            }
        }
    }

    /// Compares what took credits since then because money went back; how many
    /// there were.
    pub(super) async fn compare_reversals(
        &self,
        since: Time,
        seen: &Seen,
        findings: &mut Vec<Finding>,
    ) -> Result<i64, Error> {
        let (mut after, mut compared) = (0, 0_i64);
        loop {
            let page = self.read(move |tx| {
                Box::pin(async move {
                    Ok(tx.all(reversals::moved_since(since, after, RECORDS_MAX)).await?)
                })
            });
            let page = page.await?;
            for row in &page {
                after = row.id;
                compared = compared.saturating_add(1);
                let id = row.standing.provider_id.as_deref().unwrap_or_default();
                if !seen.reversals.contains(id) && !self.went_back_there(row).await? {
                    findings.push(Finding {
                        kind: format!("record_without_{}", word(row)),
                        provider_id: row.standing.provider_id.clone(),
                        record: Some(format!("reversal:{}", row.id)),
                        ours: Some(row.of.cents),
                        theirs: None,
                        currency: Some(row.of.currency.clone()),
                    });
                }
            }
            if page.is_empty() {
                return Ok(compared);
            }
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
        let of = self
            .read(move |tx| Box::pin(async move { Ok(tx.one(subscriptions::by_id(id)).await?) }))
            .await?;
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
