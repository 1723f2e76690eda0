//! Stripe's cents, each with its record here: a payment its purchase, a refund
//! or dispute its reversal.

use std::collections::BTreeSet;

use domain::{PaymentIntent, Time};
use gateway::stripe::{MovedMoney, Movement};
use store::purchases::{self, Purchase, State};
use store::reconciliations::Finding;
use store::reversals;
use store::subscription_periods as periods;

use crate::App;
use crate::error::Error;

/// What the cents were of that were compared: their records need no second look.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) payments: BTreeSet<String>,
    pub(super) reversals: BTreeSet<String>,
}

impl App {
    /// Compares a cent with its record. What nobody told us of is done before it is
    /// missed.
    pub(super) async fn compare_movement(
        &self,
        money: &MovedMoney,
        seen: &mut Seen,
    ) -> Result<Option<Finding>, Error> {
        match &money.movement {
            Movement::Payment(intent) => {
                let Some(intent) = known(intent.as_deref()) else {
                    return Ok(Some(cent("payment_without_record", money)));
                };
                seen.payments.insert(intent.to_string());
                self.compare_payment(&intent, money).await
            }
            Movement::Refund(id, intent) => {
                seen.reversals.insert(id.clone());
                self.compare_reversal((id, intent.as_deref()), "refund", money).await
            }
            Movement::Dispute(id, intent) => {
                seen.reversals.insert(id.clone());
                self.compare_reversal((id, intent.as_deref()), "dispute", money).await
            }
        }
    }

    async fn compare_payment(
        &self,
        intent: &PaymentIntent,
        money: &MovedMoney,
    ) -> Result<Option<Finding>, Error> {
        // What can't be settled now stops none of the others, and is found below.
        if let Err(error) = self.settle_payment(intent).await {
            tracing::warn!(%error, payment = %intent, "stripe.not_settled");
        }
        let found = self.opt(purchases::by_intent(intent.as_str())).await?;
        let Some(purchase) = found.filter(is_settled) else {
            return self.compare_period(intent, money).await;
        };
        let waited = self.ledger().time()?.since(purchase.of.created_at);
        if purchase.state == State::Granting && waited > Time::DAY {
            let record = Some(format!("purchase:{}", purchase.id));
            return Ok(Some(Finding { record, ..cent("payment_without_credits", money) }));
        }
        let of = &purchase.of;
        let is_same = of.cents == money.amount.count() && of.currency == money.currency.to_string();
        Ok((!is_same).then(|| Finding {
            record: Some(format!("purchase:{}", purchase.id)),
            ours: Some(of.cents),
            ..cent("amount_differs", money)
        }))
    }

    /// A payment of a subscription, of a period or of an upgrade within one.
    async fn compare_period(
        &self,
        intent: &PaymentIntent,
        money: &MovedMoney,
    ) -> Result<Option<Finding>, Error> {
        let found = self.opt(periods::by_payment(intent.as_str())).await?;
        let Some(period) = found else {
            return Ok(Some(cent("payment_without_record", money)));
        };
        let is_same =
            period.cents == money.amount.count() && period.currency == money.currency.to_string();
        Ok((!is_same).then(|| Finding {
            record: Some(format!("subscription_period:{}", period.id)),
            ours: Some(period.cents),
            ..cent("amount_differs", money)
        }))
    }

    /// Money that went back, or came again: its record holds how much, whichever
    /// way this cent went.
    async fn compare_reversal(
        &self,
        (id, intent): (&str, Option<&str>),
        kind: &str,
        money: &MovedMoney,
    ) -> Result<Option<Finding>, Error> {
        let missing = || Ok(Some(cent(&format!("{kind}_without_record"), money)));
        let Some(intent) = known(intent) else { return missing() };
        if let Err(error) = self.sync_refunds(&intent).await {
            tracing::warn!(%error, payment = %intent, "stripe.not_settled");
        }
        let rows = self.all(reversals::of_payment(intent.as_str())).await?;
        let mut rows = rows.into_iter();
        let found = rows.find(|row| row.standing.provider_id.as_deref() == Some(id));
        let Some(row) = found else { return missing() };
        let is_same = row.of.cents.unsigned_abs() == money.amount.count().unsigned_abs()
            && row.of.currency == money.currency.to_string();
        Ok((!is_same).then(|| Finding {
            record: Some(format!("reversal:{}", row.id)),
            ours: Some(row.of.cents),
            ..cent("amount_differs", money)
        }))
    }
}

fn known(intent: Option<&str>) -> Option<PaymentIntent> {
    intent.and_then(|intent| PaymentIntent::parse(intent).ok())
}

fn is_settled(purchase: &Purchase) -> bool {
    matches!(purchase.state, State::Granting | State::Done)
}

fn cent(kind: &str, money: &MovedMoney) -> Finding {
    let by = match &money.movement {
        Movement::Payment(intent) => intent.clone(),
        Movement::Refund(id, _) | Movement::Dispute(id, _) => Some(id.clone()),
    };
    Finding {
        kind: kind.to_owned(),
        provider_id: by.or_else(|| Some(money.id.clone())),
        record: None,
        ours: None,
        theirs: Some(money.amount.count()),
        currency: Some(money.currency.to_string()),
    }
}
