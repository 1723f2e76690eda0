//! Money of payments that went back or may: refunds and chargebacks. Who moves
//! one names the state it leaves. This module must not know what becomes of the
//! credits.

use ledger::{Credits, Time, WalletId};

use crate::error::Error;
use crate::page::{Page, Place};
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const INSERT: Sql = Sql::both(
    "reversals.insert",
    "INSERT INTO reversals (payment_intent, user_id, wallet_id, kind, state, cents, currency,
        owes, reference, provider_id, actor, request_id, reason, taken, is_settled,
        request_scope, request_key, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, FALSE, $14, $15, $16, $16)
    RETURNING id",
);

const BY_ID: Sql = Sql::both(
    "reversals.by_id",
    "SELECT id, payment_intent, user_id, wallet_id, kind, cents, currency, owes, reference,
        actor, request_id, reason, request_scope, request_key, created_at, state, provider_id,
        declined, taken, is_settled, updated_at
    FROM reversals
    WHERE id = $1",
);

const BY_REQUEST: Sql = Sql::both(
    "reversals.by_request",
    "SELECT id, payment_intent, user_id, wallet_id, kind, cents, currency, owes, reference,
        actor, request_id, reason, request_scope, request_key, created_at, state, provider_id,
        declined, taken, is_settled, updated_at
    FROM reversals
    WHERE request_scope = $1 AND request_key = $2",
);

const OF_PAYMENT: Sql = Sql::both(
    "reversals.of_payment",
    "SELECT id, payment_intent, user_id, wallet_id, kind, cents, currency, owes, reference,
        actor, request_id, reason, request_scope, request_key, created_at, state, provider_id,
        declined, taken, is_settled, updated_at
    FROM reversals
    WHERE payment_intent = $1
    ORDER BY id",
);

const LIST: Sql = Sql::both(
    "reversals.list",
    "SELECT id, payment_intent, user_id, wallet_id, kind, cents, currency, owes, reference,
        actor, request_id, reason, request_scope, request_key, created_at, state, provider_id,
        declined, taken, is_settled, updated_at
    FROM reversals
    WHERE CAST($1 AS TEXT) IS NULL OR kind = $1
    ORDER BY id DESC
    LIMIT $2 OFFSET $3",
);

const COUNT: Sql = Sql::both(
    "reversals.count",
    "SELECT COUNT(*)
    FROM reversals
    WHERE CAST($1 AS TEXT) IS NULL OR kind = $1",
);

const UNSETTLED: Sql = Sql::both(
    "reversals.unsettled",
    "SELECT created_at, id
    FROM reversals
    WHERE NOT is_settled AND created_at <= $1 AND (created_at, id) > ($2, $3)
    ORDER BY created_at, id
    LIMIT $4",
);

const MOVED_SINCE: Sql = Sql::both(
    "reversals.moved_since",
    "SELECT id, payment_intent, user_id, wallet_id, kind, cents, currency, owes, reference,
        actor, request_id, reason, request_scope, request_key, created_at, state, provider_id,
        declined, taken, is_settled, updated_at
    FROM reversals
    WHERE id > $1 AND state IN ('opened', 'returned') AND updated_at >= $2
    ORDER BY id
    LIMIT $3",
);

const MOVE: Sql = Sql::both(
    "reversals.move",
    "UPDATE reversals
    SET state = $1, cents = $2, provider_id = $3, is_settled = FALSE, updated_at = $4
    WHERE id = $5 AND state = $6",
);

const DECLINE: Sql = Sql::both(
    "reversals.decline",
    "UPDATE reversals
    SET state = 'declined', declined = $1, is_settled = TRUE, updated_at = $2
    WHERE id = $3 AND state = 'asking'",
);

const TAKE: Sql = Sql::both(
    "reversals.take",
    "UPDATE reversals
    SET taken = $1, updated_at = $2
    WHERE id = $3",
);

const SETTLE: Sql = Sql::both(
    "reversals.settle",
    "UPDATE reversals
    SET is_settled = TRUE
    WHERE payment_intent = $1 AND NOT is_settled AND state <> 'asking'",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[
    &INSERT,
    &BY_ID,
    &BY_REQUEST,
    &OF_PAYMENT,
    &LIST,
    &COUNT,
    &UNSETTLED,
    &MOVED_SINCE,
    &MOVE,
    &DECLINE,
    &TAKE,
    &SETTLE,
];

/// What never changes of a reversal, but for what the provider says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// The payment.
    pub payment_intent: String,
    /// Whose credits it bought.
    pub user_id: i64,
    /// In which wallet.
    pub wallet_id: WalletId,
    /// Refund or chargeback.
    pub kind: String,
    /// How much money.
    pub cents: i64,
    /// In which currency.
    pub currency: String,
    /// Whether credits that are not there any more are owed.
    pub owes: bool,
    /// What the provider is asked with.
    pub reference: Option<[u8; 16]>,
    /// Who asked, or who heard of it.
    pub actor: String,
    /// By which request.
    pub request_id: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What the caller's key is unique in.
    pub request_scope: Option<String>,
    /// The caller's key.
    pub request_key: Option<String>,
    /// When it was asked for or heard of.
    pub created_at: Time,
}

/// What changes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub state: String,
    /// What the provider calls it.
    pub provider_id: Option<String>,
}

/// A reversal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// Its id.
    pub id: i64,
    /// What never changes of it.
    pub of: New,
    /// What does.
    pub standing: Standing,
    /// Why the provider declined.
    pub declined: Option<String>,
    /// Credits it took.
    pub taken: Credits,
    /// Whether nothing is left to do for it.
    pub is_settled: bool,
    /// When it last changed.
    pub updated_at: Time,
}

impl Reversal {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            of: New {
                payment_intent: row.get()?,
                user_id: row.get()?,
                wallet_id: row.get()?,
                kind: row.get()?,
                cents: row.get()?,
                currency: row.get()?,
                owes: row.get()?,
                reference: row.get()?,
                actor: row.get()?,
                request_id: row.get()?,
                reason: row.get()?,
                request_scope: row.get()?,
                request_key: row.get()?,
                created_at: row.get()?,
            },
            standing: Standing { state: row.get()?, provider_id: row.get()? },
            declined: row.get()?,
            taken: row.get()?,
            is_settled: row.get()?,
            updated_at: row.get()?,
        })
    }
}

/// Writes one; its id. A reference, a key or a provider's id that another has
/// breaks a constraint.
pub fn insert<'a>(new: &'a New, standing: &'a Standing) -> Query<'a, i64> {
    let args = [
        new.payment_intent.as_str().into(),
        new.user_id.into(),
        new.wallet_id.into(),
        new.kind.as_str().into(),
        standing.state.as_str().into(),
        new.cents.into(),
        new.currency.as_str().into(),
        new.owes.into(),
        new.reference.as_ref().map(<[u8; 16]>::as_slice).into(),
        standing.provider_id.as_deref().into(),
        new.actor.as_str().into(),
        new.request_id.as_deref().into(),
        new.reason.as_deref().into(),
        new.request_scope.as_deref().into(),
        new.request_key.as_deref().into(),
        new.created_at.into(),
    ];
    INSERT.rows(args, only)
}

/// The one of that id.
pub fn by_id(id: i64) -> Query<'static, Reversal> {
    BY_ID.rows([id.into()], Reversal::read)
}

/// The one that a caller's key began.
pub fn by_request<'a>(scope: &'a str, key: &'a str) -> Query<'a, Reversal> {
    BY_REQUEST.rows([scope.into(), key.into()], Reversal::read)
}

/// Those of a payment, oldest first.
pub fn of_payment(intent: &str) -> Query<'_, Reversal> {
    OF_PAYMENT.rows([intent.into()], Reversal::read)
}

/// All of them or those of a kind, newest first.
pub fn list(kind: Option<&str>, page: Page) -> Query<'_, Reversal> {
    LIST.rows([kind.into(), page.limit.into(), page.offset.into()], Reversal::read)
}

/// How many those are.
pub fn count(kind: Option<&str>) -> Query<'_, i64> {
    COUNT.rows([kind.into()], only)
}

/// Those that something is left to do for, known until then, oldest first, at most
/// so many behind a place.
pub fn unsettled(until: Time, after: Place, most: i64) -> Query<'static, Place> {
    let args = [until.into(), after.at.into(), after.id.into(), most.into()];
    UNSETTLED.rows(args, Place::read)
}

/// Those that took money and that changed since then, behind an id.
pub fn moved_since(since: Time, after: i64, most: i64) -> Query<'static, Reversal> {
    MOVED_SINCE.rows([after.into(), since.into(), most.into()], Reversal::read)
}

/// What the provider says of one that stood elsewhere; hits no row where it does
/// not stand there any more.
pub fn go<'a>(id: i64, from: &'a str, to: &'a Standing, cents: i64, at: Time) -> Change<'a> {
    MOVE.change([
        to.state.as_str().into(),
        cents.into(),
        to.provider_id.as_deref().into(),
        at.into(),
        id.into(),
        from.into(),
    ])
}

/// The provider declined; hits no row where it is not asked any more.
pub fn decline(id: i64, reason: &str, at: Time) -> Change<'_> {
    DECLINE.change([reason.into(), at.into(), id.into()])
}

/// What it took by now.
pub fn take(id: i64, taken: Credits, at: Time) -> Change<'static> {
    TAKE.change([taken.into(), at.into(), id.into()])
}

/// Nothing is left to do for those of a payment, but to ask.
pub fn settle(intent: &str) -> Change<'_> {
    SETTLE.change([intent.into()])
}
