//! What the provider says of a payment's money, applied: whatever was missed,
//! heard late, twice or in another order.

use domain::{Cents, Currency, PaymentIntent, ReversalKind, ReversalState, Text};
use gateway::{KnownPayment, MoneyBack, RefundError};
use ledger::Actor;
use store::reversals::{self, New, Reversal, Standing};
use store::{Constraint, OnConstraint, Tx};

use super::bought::{self, Bought};
use super::{mail, view};
use crate::App;
use crate::error::{Error, stored};
use crate::ledger::SubmitError;
use crate::top_ups::{Back, stop_for};

/// How far a payment's reversals are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synced {
    /// All that is known is applied.
    Done,
    /// The credits are not there yet that would go back.
    Pending,
    /// Nobody here knows this payment.
    Unknown,
}

impl App {
    /// Asks the provider for the refunds and chargebacks of a payment, and
    /// applies what is missing.
    pub async fn sync_refunds(&self, intent: &PaymentIntent) -> Result<Synced, Error> {
        match self.ask_for_money(intent).await? {
            Some(heard) => self.hear_of_money(intent, heard).await,
            None => Ok(Synced::Unknown),
        }
    }

    /// What the provider says of the refunds and chargebacks of a payment.
    pub(crate) async fn told_of_money(
        &self,
        intent: &PaymentIntent,
    ) -> Result<Vec<MoneyBack>, Error> {
        Ok(self.ask_for_money(intent).await?.unwrap_or_default())
    }

    /// Nothing where nobody here knows the payment.
    async fn ask_for_money(&self, intent: &PaymentIntent) -> Result<Option<Vec<MoneyBack>>, Error> {
        let Some((bought, rows)) = self.known_reversals(intent).await? else {
            return Ok(None);
        };
        let known = KnownPayment {
            intent: intent.clone(),
            amount: bought.paid,
            currency: bought.currency,
            age_us: self.ledger().time()?.since(bought.at),
            refunds: rows
                .iter()
                .filter_map(|row| made(row).transpose())
                .collect::<Result<_, _>>()?,
        };
        match self.parts.payments.money_back(&known).await {
            Ok(heard) => Ok(Some(heard)),
            Err(RefundError::NotSetUp) => Err(Error::PaymentsNotSetUp),
            Err(error) => {
                tracing::warn!(%error, "refunds.not_heard_of");
                Err(SubmitError::Overloaded.into())
            }
        }
    }

    /// Applies what a provider says of a payment's refunds and chargebacks.
    pub async fn hear_of_money(
        &self,
        intent: &PaymentIntent,
        heard: Vec<MoneyBack>,
    ) -> Result<Synced, Error> {
        let (payment, at) = (intent.to_string(), self.ledger().now()?);
        let is_known = self.write(move |tx| {
            Box::pin(async move {
                let Some(bought) = bought::find(tx, &payment).await? else { return Ok(false) };
                for one in heard {
                    hear(tx, (&payment, &bought), &one, at).await?;
                }
                Ok(true)
            })
        });
        if is_known.await? {
            self.settle_reversals(intent.as_str()).await
        } else {
            Ok(Synced::Unknown)
        }
    }

    async fn known_reversals(
        &self,
        intent: &PaymentIntent,
    ) -> Result<Option<(Bought, Vec<Reversal>)>, Error> {
        let intent = intent.to_string();
        self.read(move |tx| {
            Box::pin(async move {
                let found = bought::find(tx, &intent).await?;
                // Money of what bought nothing takes no credits with it.
                let Some(bought) = found.filter(|it| !it.has_failed) else { return Ok(None) };
                Ok(Some((bought, tx.all(reversals::of_payment(&intent)).await?)))
            })
        })
        .await
    }
}

/// Notes one refund or chargeback: a new one, or news of a known one.
async fn hear(
    tx: &mut Tx,
    (intent, bought): (&str, &Bought),
    heard: &MoneyBack,
    at: domain::Time,
) -> Result<(), Error> {
    if heard.currency != bought.currency
        || heard.amount <= Cents::ZERO
        || bought.paid <= Cents::ZERO
    {
        // It stops none of the others.
        tracing::error!(payment = intent, reversal = %heard.id, "reversals.none_of_the_payments");
        return Ok(());
    }
    let rows = tx.all(reversals::of_payment(intent)).await?;
    let standing = Standing {
        state: heard.state.as_str().to_owned(),
        provider_id: Some(heard.id.to_string()),
    };
    let Some(known) = rows.iter().find(|row| is_same(row, heard)) else {
        let back = match heard.kind {
            ReversalKind::Chargeback => Back::Disputed,
            ReversalKind::Refund => Back::Refunded,
        };
        stop_for(tx, (bought.user, intent), back, at).await?;
        let new = new(intent, bought, heard, at);
        // Somebody who asked for it names it this moment: heard again, it is known.
        let busy = || Error::from(SubmitError::Overloaded);
        let inserted = tx.one(reversals::insert(&new, &standing)).await;
        return mail::tell(tx, inserted.on(Constraint::ReversalProvider, busy)?, at).await;
    };
    let state = view::state(known)?;
    if !state.gives_way_to(heard.state) {
        return Ok(());
    }
    let moved = reversals::go(known.id, state.as_str(), &standing, heard.amount.count(), at);
    tx.exec(moved).await?.expect_one()?;
    mail::tell(tx, known.id, at).await
}

/// By what the provider calls it, or by what we asked with.
fn is_same(row: &Reversal, heard: &MoneyBack) -> bool {
    let is_named = row.standing.provider_id.as_deref() == Some(heard.id.as_str());
    is_named || heard.reference.is_some() && row.of.reference == heard.reference
}

/// Credits that went with money a bank took are owed; those that went with a
/// refund made elsewhere are not, since nobody said so.
fn new(intent: &str, bought: &Bought, heard: &MoneyBack, at: domain::Time) -> New {
    New {
        payment_intent: intent.to_owned(),
        user_id: bought.user.number(),
        wallet_id: bought.wallet,
        kind: heard.kind.as_str().to_owned(),
        cents: heard.amount.count(),
        currency: bought.currency.to_string(),
        owes: heard.kind == ReversalKind::Chargeback,
        reference: None,
        actor: Actor::System.to_string(),
        request_id: None,
        reason: None,
        request_scope: None,
        request_key: None,
        created_at: at,
    }
}

/// A refund that we asked for and the provider made.
fn made(row: &Reversal) -> Result<Option<MoneyBack>, Error> {
    let (Some(reference), Some(id)) = (row.of.reference, &row.standing.provider_id) else {
        return Ok(None);
    };
    let currency = Currency::parse(&row.of.currency);
    Ok(Some(MoneyBack {
        id: Text::parse(id).map_err(|error| stored("id")(error.into()))?,
        reference: Some(reference),
        kind: ReversalKind::Refund,
        state: ReversalState::Returned,
        amount: Cents::from_count(row.of.cents),
        currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
    }))
}
