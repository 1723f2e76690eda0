//! What was done with a payment's credits because its money went back, step by
//! step: one is planned at a time, then done. This module must not know why.

use ledger::{Credits, GrantId, Seq, Time};

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const PLAN: Sql = Sql::both(
    "reversal_steps.plan",
    "INSERT INTO reversal_steps (payment_intent, reversal_id, action, grant_seq, grant_ordinal,
        total, of_credits, state, attempt, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', 1, $8, $8)
    RETURNING id",
);

const OF_PAYMENT: Sql = Sql::both(
    "reversal_steps.of_payment",
    "SELECT id, reversal_id, action, grant_seq, grant_ordinal, total, of_credits, state, attempt,
        seq, clawed
    FROM reversal_steps
    WHERE payment_intent = $1
    ORDER BY id",
);

const DONE: Sql = Sql::both(
    "reversal_steps.done",
    "UPDATE reversal_steps
    SET state = 'done', seq = $1, clawed = $2, updated_at = $3
    WHERE id = $4 AND state = 'planned'",
);

const REFUSED: Sql = Sql::both(
    "reversal_steps.refused",
    "UPDATE reversal_steps
    SET attempt = attempt + 1, updated_at = $1
    WHERE id = $2 AND state = 'planned' AND attempt = $3",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&PLAN, &OF_PAYMENT, &DONE, &REFUSED];

/// What a step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// The payment.
    pub payment_intent: String,
    /// Because of which reversal.
    pub reversal_id: i64,
    /// What is done.
    pub action: String,
    /// To which grant.
    pub grant: GrantId,
    /// How many credits in total.
    pub total: Credits,
    /// Of how many.
    pub of: Credits,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its id.
    pub id: i64,
    /// Because of which reversal.
    pub reversal_id: i64,
    /// What is done.
    pub action: String,
    /// To which grant.
    pub grant: GrantId,
    /// How many credits in total.
    pub total: Credits,
    /// Of how many.
    pub of: Credits,
    /// Whether it is done.
    pub is_done: bool,
    /// From 1; the ledger refused those before.
    pub attempt: i64,
    /// The record, where there is one.
    pub seq: Option<Seq>,
    /// Taken of the grant in total behind it.
    pub clawed: Option<Credits>,
}

impl Step {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            reversal_id: row.get()?,
            action: row.get()?,
            grant: GrantId { seq: row.get()?, ordinal: row.get()? },
            total: row.get()?,
            of: row.get()?,
            is_done: row.parse("a state", |word: String| match word.as_str() {
                "planned" => Some(false),
                "done" => Some(true),
                _ => None,
            })?,
            attempt: row.get()?,
            seq: row.get()?,
            clawed: row.get()?,
        })
    }
}

/// Plans a step; its id.
pub fn plan(new: &New, at: Time) -> Query<'_, i64> {
    let args = [
        new.payment_intent.as_str().into(),
        new.reversal_id.into(),
        new.action.as_str().into(),
        new.grant.seq.into(),
        new.grant.ordinal.into(),
        new.total.into(),
        new.of.into(),
        at.into(),
    ];
    PLAN.rows(args, only)
}

/// The steps of a payment, oldest first.
pub fn of_payment(intent: &str) -> Query<'_, Step> {
    OF_PAYMENT.rows([intent.into()], Step::read)
}

/// A step was done; hits no row if that was known.
pub fn done(id: i64, seq: Option<Seq>, clawed: Option<Credits>, at: Time) -> Change<'static> {
    DONE.change([seq.into(), clawed.into(), at.into(), id.into()])
}

/// The ledger refused an attempt; hits no row if that was known.
pub fn refused(id: i64, attempt: i64, at: Time) -> Change<'static> {
    REFUSED.change([at.into(), id.into(), attempt.into()])
}
