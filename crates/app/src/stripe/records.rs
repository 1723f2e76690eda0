//! Our records of money, each with its cent at Stripe: purchases that were paid,
//! and what went back of them.

use domain::{PaymentIntent, PurchaseId, Time};
use gateway::PaymentState;
use store::purchases::{self, Purchase};
use store::reconciliations::Finding;
use store::reversals::{self, Reversal};

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
        match self.parts.payments.progress(&asked).await {
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
