//! The first step of a refund by staff: its key and the intent, in one
//! transaction. What is on its way to the buyer is spoken for from then on.

use domain::{Cents, MissingCredits, ReversalKind, ReversalState};
use serde::{Deserialize, Serialize};
use store::reversals::{self, New, Standing};
use store::{Constraint, OnConstraint, Tx};

use super::ask::{RefundOf, RefundRequest};
use super::view;
use super::{RefundRefusal, bought};
use crate::audit::{self, Deed};
use crate::directory::Act;
use crate::error::Error;
use crate::ledger::{How, SubmitError};
use crate::requests::Keyed;
use crate::top_ups::{Back, stop_for};

/// The operation in a key's scope, and in the audit log.
pub(super) const OPERATION: &str = "refunds.create";

/// A refund that nobody has begun yet, as far as is known.
pub(super) struct Beginning {
    pub(super) act: Act,
    pub(super) keyed: Option<Keyed>,
    pub(super) request: RefundRequest,
    /// What the payment provider would be asked with.
    pub(super) reference: [u8; 16],
    pub(super) has_payments: bool,
}

/// How a refund begins.
pub(super) enum Begun {
    /// With an intent.
    Refund(i64),
    /// By an earlier use of the key, and it has no outcome yet.
    Resumed(i64),
    /// It was made before: that is the outcome of its key.
    Made(Made),
    /// Not at all: that is the outcome of its key.
    Refused(RefundRefusal, How),
}

/// What a refund came to.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Made {
    pub(super) reversal: i64,
    state: String,
    pub(super) taken: i64,
    pub(super) updated_at: i64,
}

/// The answer of a key.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kept {
    Made(Made),
    NotPaid,
    Exceeds { requested: i64, refundable: i64 },
    Declined { reason: String },
}

impl Made {
    pub(super) fn of(row: &reversals::Reversal) -> Self {
        Self {
            reversal: row.id,
            state: row.standing.state.clone(),
            taken: row.taken.micros(),
            updated_at: row.updated_at.micros(),
        }
    }

    pub(super) fn state(&self) -> Result<ReversalState, Error> {
        let state = ReversalState::parse(&self.state);
        state.ok_or_else(|| Error::internal("a kept state of a refund is none"))
    }
}

impl Kept {
    fn of(refusal: &RefundRefusal) -> Self {
        match refusal {
            RefundRefusal::NotPaid => Self::NotPaid,
            RefundRefusal::Exceeds { requested, refundable } => {
                Self::Exceeds { requested: requested.count(), refundable: refundable.count() }
            }
            RefundRefusal::Declined { reason } => Self::Declined { reason: reason.clone() },
        }
    }

    fn begun(self) -> Begun {
        let refusal = match self {
            Self::Made(made) => return Begun::Made(made),
            Self::NotPaid => RefundRefusal::NotPaid,
            Self::Exceeds { requested, refundable } => RefundRefusal::Exceeds {
                requested: Cents::from_count(requested),
                refundable: Cents::from_count(refundable),
            },
            Self::Declined { reason } => RefundRefusal::Declined { reason },
        };
        Begun::Refused(refusal, How::Replayed)
    }
}

/// Finds the refund of this key, or begins one.
pub(super) async fn begin(tx: &mut Tx, beginning: &Beginning) -> Result<Begun, Error> {
    if let Some(begun) = begun_before(tx, beginning).await? {
        return Ok(begun);
    }
    let intent = intent(tx, &beginning.request.of).await?;
    match insert(tx, beginning, intent.as_deref()).await? {
        Ok(id) => Ok(Begun::Refund(id)),
        Err(refusal) => {
            keep(tx, &beginning.act, beginning.keyed.as_ref(), &Kept::of(&refusal)).await?;
            Ok(Begun::Refused(refusal, How::Applied))
        }
    }
}

/// What an earlier use of the key came to.
async fn begun_before(tx: &mut Tx, beginning: &Beginning) -> Result<Option<Begun>, Error> {
    let Some(keyed) = &beginning.keyed else { return Ok(None) };
    let scope = beginning.act.actor.to_string();
    let row = keyed.row(&scope);
    let began = store::requests::begin(row, &keyed.fingerprint.0, beginning.act.at);
    if tx.exec(began).await?.at_most_one()? {
        return Ok(None);
    }
    let seen = tx.one(store::requests::find(row)).await?;
    if seen.fingerprint != keyed.fingerprint.0 {
        return Err(Error::KeyReused);
    }
    if let Some(answer) = seen.answer {
        let kept: Kept = serde_json::from_str(&answer).map_err(Error::internal)?;
        return Ok(Some(kept.begun()));
    }
    let begun = tx.opt(reversals::by_request(row.scope, row.key)).await?;
    Ok(begun.map(|row| Begun::Resumed(row.id)))
}

/// The payment that is named; a purchase that nobody paid for has none yet.
async fn intent(tx: &mut Tx, of: &RefundOf) -> Result<Option<String>, Error> {
    match of {
        RefundOf::Payment(intent) => Ok(Some(intent.to_string())),
        RefundOf::Purchase(id) => {
            let purchase = tx.opt(store::purchases::by_id(id.number())).await?;
            Ok(purchase.ok_or(Error::NotFound)?.of.payment_intent)
        }
    }
}

async fn insert(
    tx: &mut Tx,
    beginning: &Beginning,
    intent: Option<&str>,
) -> Result<Result<i64, RefundRefusal>, Error> {
    let Some(intent) = intent else { return Ok(Err(RefundRefusal::NotPaid)) };
    let bought = bought::find(tx, intent).await?.ok_or(Error::NotFound)?;
    if bought.grants.is_empty() || bought.paid <= Cents::ZERO {
        return Ok(Err(RefundRefusal::NotPaid));
    }
    if !beginning.has_payments {
        return Err(Error::PaymentsNotSetUp);
    }
    let refundable = refundable(tx, intent, bought.paid).await?;
    let requested = beginning.request.amount.unwrap_or(refundable);
    if requested <= Cents::ZERO || requested > refundable {
        return Ok(Err(RefundRefusal::Exceeds { requested, refundable }));
    }
    stop_for(tx, (bought.user, intent), Back::Refunded, beginning.act.at).await?;
    let new = beginning.row(&bought, (intent, requested));
    let standing = Standing { state: ReversalState::Asking.as_str().into(), provider_id: None };
    // Somebody else used the key this moment: asked again, theirs is found.
    let busy = || Error::from(SubmitError::Overloaded);
    let inserted = tx.one(reversals::insert(&new, &standing)).await;
    let id = inserted.on(Constraint::ReversalRequest, busy)?;
    note(tx, beginning, &new, id).await?;
    Ok(Ok(id))
}

/// What of a payment is neither with the buyer nor on its way, nor for a bank to
/// decide about.
async fn refundable(tx: &mut Tx, intent: &str, paid: Cents) -> Result<Cents, Error> {
    let mut left = paid;
    for row in tx.all(reversals::of_payment(intent)).await? {
        if view::state(&row)?.takes_money() {
            let rest = left.checked_sub(Cents::from_count(row.of.cents));
            left = rest.ok_or_else(|| Error::internal("a payment's money can't be counted"))?;
        }
    }
    Ok(left.max(Cents::ZERO))
}

impl Beginning {
    fn row(&self, bought: &bought::Bought, (intent, amount): (&str, Cents)) -> New {
        let key = self.keyed.as_ref().map(|keyed| keyed.key.as_str().to_owned());
        New {
            payment_intent: intent.to_owned(),
            user_id: bought.user.number(),
            wallet_id: bought.wallet,
            kind: ReversalKind::Refund.as_str().to_owned(),
            cents: amount.count(),
            currency: bought.currency.to_string(),
            owes: self.request.missing == MissingCredits::Owed,
            reference: Some(self.reference),
            actor: self.act.actor.to_string(),
            request_id: self.act.request.as_ref().map(ToString::to_string),
            reason: Some(self.request.reason.as_str().to_owned()),
            request_scope: key.as_ref().map(|_| self.act.actor.to_string()),
            request_key: key,
            created_at: self.act.at,
        }
    }
}

/// A refund as the audit log keeps it.
#[derive(Serialize)]
struct Asked<'a> {
    refund: i64,
    payment: &'a str,
    cents: i64,
    currency: &'a str,
    owes: bool,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_notes: Option<&'a str>,
}

async fn note(tx: &mut Tx, beginning: &Beginning, new: &New, id: i64) -> Result<(), Error> {
    let request = &beginning.request;
    let asked = Asked {
        refund: id,
        payment: &new.payment_intent,
        cents: new.cents,
        currency: &new.currency,
        owes: new.owes,
        reason: request.reason.as_str(),
        admin_notes: request.admin_notes.as_ref().map(domain::Description::as_str),
    };
    let subject = format!("user:{}", new.user_id);
    let deed = Deed { action: OPERATION, subject, before: None, after: Some(&asked) };
    audit::note(tx, &beginning.act, deed).await
}

/// Keeps the outcome of a key.
async fn keep(tx: &mut Tx, act: &Act, keyed: Option<&Keyed>, kept: &Kept) -> Result<(), Error> {
    crate::requests::finish(tx, act, keyed, kept).await
}

/// Keeps what the refund of a key came to, once.
pub(super) async fn keep_outcome(tx: &mut Tx, row: &reversals::Reversal) -> Result<(), Error> {
    let (Some(scope), Some(key)) = (&row.of.request_scope, &row.of.request_key) else {
        return Ok(());
    };
    let kept = match &row.declined {
        Some(reason) => Kept::Declined { reason: reason.clone() },
        None => Kept::Made(Made::of(row)),
    };
    let answer = serde_json::to_string(&kept).map_err(Error::internal)?;
    let row = store::requests::RequestKey { scope, operation: OPERATION, key };
    // No row is hit where it was kept before.
    tx.exec(store::requests::finish(row, &answer)).await?.at_most_one()?;
    Ok(())
}
