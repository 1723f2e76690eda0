//! Purchases of credits, from the intent to the grant. A step names the state
//! it leaves and hits no row where somebody took it before. This module must
//! not know what a price is, nor who takes payments.

use ledger::{Credits, Seq, Time, WalletId};

use crate::error::Error;
use crate::page::{Page, Place};
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const INSERT: Sql = Sql::both(
    "purchases.insert",
    "INSERT INTO purchases (user_id, wallet_id, actor, request_id, credits, cents, currency,
        description, breakdown, quote_expires_at, payment_reference, payment_intent,
        request_scope, request_key, state, attempt, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'paying', 1, $15, $15)
    RETURNING id",
);

const BY_ID: Sql = Sql::both(
    "purchases.by_id",
    "SELECT id, user_id, wallet_id, actor, request_id, credits, cents, currency, description,
        breakdown, quote_expires_at, payment_reference, payment_intent, request_scope,
        request_key, state, attempt, seq, created_at
    FROM purchases
    WHERE id = $1",
);

const BY_INTENT: Sql = Sql::both(
    "purchases.by_intent",
    "SELECT id, user_id, wallet_id, actor, request_id, credits, cents, currency, description,
        breakdown, quote_expires_at, payment_reference, payment_intent, request_scope,
        request_key, state, attempt, seq, created_at
    FROM purchases
    WHERE payment_intent = $1",
);

const BY_REQUEST: Sql = Sql::both(
    "purchases.by_request",
    "SELECT id, user_id, wallet_id, actor, request_id, credits, cents, currency, description,
        breakdown, quote_expires_at, payment_reference, payment_intent, request_scope,
        request_key, state, attempt, seq, created_at
    FROM purchases
    WHERE request_scope = $1 AND request_key = $2",
);

const OF_USER: Sql = Sql::both(
    "purchases.of_user",
    "SELECT id, user_id, wallet_id, actor, request_id, credits, cents, currency, description,
        breakdown, quote_expires_at, payment_reference, payment_intent, request_scope,
        request_key, state, attempt, seq, created_at
    FROM purchases
    WHERE user_id = $1
    ORDER BY id DESC
    LIMIT $2 OFFSET $3",
);

const COUNT_OF_USER: Sql = Sql::both(
    "purchases.count_of_user",
    "SELECT COUNT(*)
    FROM purchases
    WHERE user_id = $1",
);

const OPEN: Sql = Sql::both(
    "purchases.open",
    "SELECT p.created_at, p.id
    FROM purchases p
    LEFT JOIN payments y ON y.purchase_id = p.id
    WHERE p.state IN ('paying', 'granting') AND p.created_at <= $1
        AND (p.state = 'granting' OR y.look_at IS NULL OR y.look_at <= $2)
        AND (p.created_at, p.id) > ($3, $4)
    ORDER BY p.created_at, p.id
    LIMIT $5",
);

const SETTLED_SINCE: Sql = Sql::both(
    "purchases.settled_since",
    "SELECT id, user_id, wallet_id, actor, request_id, credits, cents, currency, description,
        breakdown, quote_expires_at, payment_reference, payment_intent, request_scope,
        request_key, state, attempt, seq, created_at
    FROM purchases
    WHERE id > $1 AND state IN ('granting', 'done') AND cents > 0 AND updated_at >= $2
    ORDER BY id
    LIMIT $3",
);

const NAME: Sql = Sql::both(
    "purchases.name",
    "UPDATE purchases
    SET payment_intent = $1, updated_at = $2
    WHERE id = $3 AND state = 'paying' AND payment_intent IS NULL",
);

const FAIL: Sql = Sql::both(
    "purchases.fail",
    "UPDATE purchases
    SET state = 'failed', description = NULL, updated_at = $1
    WHERE id = $2 AND state = 'paying'",
);

const BY_REFERENCE: Sql = Sql::both(
    "purchases.by_reference",
    "SELECT id
    FROM purchases
    WHERE payment_reference = $1",
);

const PAID: Sql = Sql::both(
    "purchases.paid",
    "UPDATE purchases
    SET state = 'granting', payment_intent = $1, updated_at = $2
    WHERE id = $3 AND state = 'paying'",
);

const REFUSED: Sql = Sql::both(
    "purchases.refused",
    "UPDATE purchases
    SET attempt = attempt + 1, updated_at = $1
    WHERE id = $2 AND state = 'granting' AND attempt = $3",
);

const DONE: Sql = Sql::both(
    "purchases.done",
    "UPDATE purchases
    SET state = 'done', seq = $1, description = NULL, updated_at = $2
    WHERE id = $3 AND state = 'granting'",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[
    &INSERT,
    &BY_ID,
    &BY_INTENT,
    &BY_REQUEST,
    &OF_USER,
    &COUNT_OF_USER,
    &BY_REFERENCE,
    &OPEN,
    &SETTLED_SINCE,
    &NAME,
    &PAID,
    &FAIL,
    &REFUSED,
    &DONE,
];

/// Where a purchase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The money is not there yet.
    Paying,
    /// It is; the credits are not.
    Granting,
    /// Both are.
    Done,
    /// Nothing comes of it.
    Failed,
}

impl State {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "paying" => Some(Self::Paying),
            "granting" => Some(Self::Granting),
            "done" => Some(Self::Done),
            "failed" => Some(Self::Failed),
            _ => None,
        }
    }
}

/// What never changes of a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// Who gets the credits.
    pub user_id: i64,
    /// Into which wallet.
    pub wallet_id: WalletId,
    /// Who asked.
    pub actor: String,
    /// By which request.
    pub request_id: Option<String>,
    /// How many credits.
    pub credits: Credits,
    /// How much is paid.
    pub cents: i64,
    /// In which currency.
    pub currency: String,
    /// In words; gone once the ledger has them.
    pub description: Option<String>,
    /// How the price came about, as JSON.
    pub breakdown: String,
    /// Until when the quote held that it was bought by.
    pub quote_expires_at: Option<Time>,
    /// What the payment provider is asked with.
    pub payment_reference: [u8; 16],
    /// What it calls the payment, once that is known.
    pub payment_intent: Option<String>,
    /// What the caller's key is unique in.
    pub request_scope: Option<String>,
    /// The caller's key.
    pub request_key: Option<String>,
    /// When it was asked for.
    pub created_at: Time,
}

/// A purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Its id.
    pub id: i64,
    /// What never changes of it.
    pub of: New,
    /// Where it stands.
    pub state: State,
    /// From 1; the ledger refused those before.
    pub attempt: i64,
    /// The record of its grant.
    pub seq: Option<Seq>,
}

impl Purchase {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        let id = row.get()?;
        let mut of = New {
            user_id: row.get()?,
            wallet_id: row.get()?,
            actor: row.get()?,
            request_id: row.get()?,
            credits: row.get()?,
            cents: row.get()?,
            currency: row.get()?,
            description: row.get()?,
            breakdown: row.get()?,
            quote_expires_at: row.get()?,
            payment_reference: row.get()?,
            payment_intent: row.get()?,
            request_scope: row.get()?,
            request_key: row.get()?,
            created_at: Time::from_micros(0),
        };
        let state = row.parse("a state", |word: String| State::parse(&word))?;
        let (attempt, seq) = (row.get()?, row.get()?);
        of.created_at = row.get()?;
        Ok(Self { id, of, state, attempt, seq })
    }
}

/// Writes the intent; its id. A payment or a key that another purchase has
/// breaks a constraint.
pub fn insert(new: &New) -> Query<'_, i64> {
    let args = [
        new.user_id.into(),
        new.wallet_id.into(),
        new.actor.as_str().into(),
        new.request_id.as_deref().into(),
        new.credits.into(),
        new.cents.into(),
        new.currency.as_str().into(),
        new.description.as_deref().into(),
        new.breakdown.as_str().into(),
        new.quote_expires_at.into(),
        (&new.payment_reference).into(),
        new.payment_intent.as_deref().into(),
        new.request_scope.as_deref().into(),
        new.request_key.as_deref().into(),
        new.created_at.into(),
    ];
    INSERT.rows(args, only)
}

/// The purchase of that id.
pub fn by_id(id: i64) -> Query<'static, Purchase> {
    BY_ID.rows([id.into()], Purchase::read)
}

/// The purchase that a payment is for.
pub fn by_intent(intent: &str) -> Query<'_, Purchase> {
    BY_INTENT.rows([intent.into()], Purchase::read)
}

/// The purchase that a caller's key began.
pub fn by_request<'a>(scope: &'a str, key: &'a str) -> Query<'a, Purchase> {
    BY_REQUEST.rows([scope.into(), key.into()], Purchase::read)
}

/// A user's purchases, newest first.
pub fn of_user(user: i64, page: Page) -> Query<'static, Purchase> {
    OF_USER.rows([user.into(), page.limit.into(), page.offset.into()], Purchase::read)
}

/// How many purchases a user made.
pub fn count_of_user(user: i64) -> Query<'static, i64> {
    COUNT_OF_USER.rows([user.into()], only)
}

/// The id of the purchase whose payment is asked for with a reference.
pub fn by_reference(reference: &[u8; 16]) -> Query<'_, i64> {
    BY_REFERENCE.rows([reference.into()], only)
}

/// Purchases that are neither done nor failed, asked for until then and due to
/// be looked at now, oldest first, at most so many behind a place.
pub fn open((until, now): (Time, Time), after: Place, most: i64) -> Query<'static, Place> {
    let args = [until.into(), now.into(), after.at.into(), after.id.into(), most.into()];
    OPEN.rows(args, Place::read)
}

/// Purchases that money came in for and that changed since then, behind an id.
pub fn settled_since(since: Time, after: i64, most: i64) -> Query<'static, Purchase> {
    SETTLED_SINCE.rows([after.into(), since.into(), most.into()], Purchase::read)
}

/// The provider calls the payment so; hits no row if that was known.
pub fn name(id: i64, intent: &str, at: Time) -> Change<'_> {
    NAME.change([intent.into(), at.into(), id.into()])
}

/// Nothing comes of it; hits no row if the money came in, or that was known.
pub fn fail(id: i64, at: Time) -> Change<'static> {
    FAIL.change([at.into(), id.into()])
}

/// The money came in; hits no row if that was known.
pub fn paid(id: i64, intent: &str, at: Time) -> Change<'_> {
    PAID.change([intent.into(), at.into(), id.into()])
}

/// The ledger refused an attempt; hits no row if that was known.
pub fn refused(id: i64, attempt: i64, at: Time) -> Change<'static> {
    REFUSED.change([at.into(), id.into(), attempt.into()])
}

/// The credits are there; hits no row if that was known.
pub fn done(id: i64, seq: Seq, at: Time) -> Change<'static> {
    DONE.change([seq.into(), at.into(), id.into()])
}
