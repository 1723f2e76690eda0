//! Uses of promotions, from the reservation to the grant. A step names the state
//! it leaves and hits no row where somebody took it before. This module must
//! not know what a promotion does.

use ledger::{Credits, Seq, Time, WalletId};

use crate::error::Error;
use crate::page::{Page, Place};
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const INSERT: Sql = Sql::both(
    "promotion_redemptions.insert",
    "INSERT INTO promotion_redemptions (promotion_id, user_id, wallet_id, actor, request_id,
        purchase_id, cents, currency, credits, state, attempt, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11)
    RETURNING id",
);

const BY_ID: Sql = Sql::both(
    "promotion_redemptions.by_id",
    "SELECT r.id, r.promotion_id, r.user_id, r.wallet_id, r.actor, r.request_id, r.purchase_id, r.cents,
        r.currency, r.credits, r.state, r.attempt, r.seq, r.created_at, r.updated_at, p.name,
        p.code
    FROM promotion_redemptions r
    JOIN promotions p ON p.id = r.promotion_id
    WHERE r.id = $1",
);

const BY_PURCHASE: Sql = Sql::both(
    "promotion_redemptions.by_purchase",
    "SELECT r.id, r.promotion_id, r.user_id, r.wallet_id, r.actor, r.request_id, r.purchase_id, r.cents,
        r.currency, r.credits, r.state, r.attempt, r.seq, r.created_at, r.updated_at, p.name,
        p.code
    FROM promotion_redemptions r
    JOIN promotions p ON p.id = r.promotion_id
    WHERE r.purchase_id = $1",
);

const OF_PROMOTION: Sql = Sql::both(
    "promotion_redemptions.of_promotion",
    "SELECT r.id, r.promotion_id, r.user_id, r.wallet_id, r.actor, r.request_id, r.purchase_id, r.cents,
        r.currency, r.credits, r.state, r.attempt, r.seq, r.created_at, r.updated_at, p.name,
        p.code
    FROM promotion_redemptions r
    JOIN promotions p ON p.id = r.promotion_id
    WHERE r.promotion_id = $1
    ORDER BY r.id DESC
    LIMIT $2 OFFSET $3",
);

const COUNT_OF_PROMOTION: Sql = Sql::both(
    "promotion_redemptions.count_of_promotion",
    "SELECT COUNT(*)
    FROM promotion_redemptions
    WHERE promotion_id = $1",
);

const OF_USER: Sql = Sql::both(
    "promotion_redemptions.of_user",
    "SELECT r.id, r.promotion_id, r.user_id, r.wallet_id, r.actor, r.request_id, r.purchase_id, r.cents,
        r.currency, r.credits, r.state, r.attempt, r.seq, r.created_at, r.updated_at, p.name,
        p.code
    FROM promotion_redemptions r
    JOIN promotions p ON p.id = r.promotion_id
    WHERE r.user_id = $1
    ORDER BY r.id DESC
    LIMIT $2 OFFSET $3",
);

const COUNT_OF_USER: Sql = Sql::both(
    "promotion_redemptions.count_of_user",
    "SELECT COUNT(*)
    FROM promotion_redemptions
    WHERE user_id = $1",
);

const HAS_BOUGHT: Sql = Sql::both(
    "promotion_redemptions.has_bought",
    "SELECT EXISTS (
            SELECT 1
            FROM purchases
            WHERE user_id = $1 AND state IN ('granting', 'done')
        ) OR EXISTS (
            SELECT 1
            FROM promotion_redemptions
            WHERE user_id = $1 AND state = 'reserved'
        ) OR EXISTS (
            SELECT 1
            FROM subscriptions s
            JOIN subscription_periods p ON p.subscription_id = s.id
            WHERE s.user_id = $1 AND p.cents > 0 AND p.paid_at IS NOT NULL
        )",
);

const OWED: Sql = Sql::both(
    "promotion_redemptions.owed",
    "SELECT created_at, id
    FROM promotion_redemptions
    WHERE state = 'granting' AND created_at <= $1 AND (created_at, id) > ($2, $3)
    ORDER BY created_at, id
    LIMIT $4",
);

const BOUGHT: Sql = Sql::both(
    "promotion_redemptions.bought",
    "UPDATE promotion_redemptions
    SET state = CASE WHEN credits = 0 THEN 'used' ELSE 'granting' END, updated_at = $1
    WHERE purchase_id = $2 AND state = 'reserved'",
);

const FREED: Sql = Sql::both(
    "promotion_redemptions.freed",
    "UPDATE promotion_redemptions
    SET state = 'freed', updated_at = $1
    WHERE id = $2 AND state = 'reserved'",
);

const REFUSED: Sql = Sql::both(
    "promotion_redemptions.refused",
    "UPDATE promotion_redemptions
    SET attempt = attempt + 1, updated_at = $1
    WHERE id = $2 AND state = 'granting' AND attempt = $3",
);

const GRANTED: Sql = Sql::both(
    "promotion_redemptions.granted",
    "UPDATE promotion_redemptions
    SET state = 'used', seq = $1, updated_at = $2
    WHERE id = $3 AND state = 'granting'",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[
    &INSERT,
    &BY_ID,
    &BY_PURCHASE,
    &OF_PROMOTION,
    &COUNT_OF_PROMOTION,
    &OF_USER,
    &COUNT_OF_USER,
    &HAS_BOUGHT,
    &OWED,
    &BOUGHT,
    &FREED,
    &REFUSED,
    &GRANTED,
];

/// Where a use stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Kept for a payment.
    Reserved,
    /// Its credits are owed.
    Granting,
    /// It counts for ever.
    Used,
    /// Nothing came of the payment.
    Freed,
}

impl State {
    /// The word in the table and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Granting => "granting",
            Self::Used => "used",
            Self::Freed => "freed",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Reserved, Self::Granting, Self::Used, Self::Freed]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// What never changes of a use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// Of which promotion.
    pub promotion_id: i64,
    /// By whom.
    pub user_id: i64,
    /// Into which wallet its credits go.
    pub wallet_id: WalletId,
    /// Who asked.
    pub actor: String,
    /// By which request.
    pub request_id: Option<String>,
    /// For which purchase; alone where there is none.
    pub purchase_id: Option<i64>,
    /// What it took off the price.
    pub cents: i64,
    /// In which currency.
    pub currency: String,
    /// What it gives.
    pub credits: Credits,
    /// When it was asked for.
    pub created_at: Time,
}

/// A use of a promotion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redemption {
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
    /// Since when it stands there.
    pub updated_at: Time,
    /// What the promotion is called now.
    pub promotion_name: String,
    /// And its code.
    pub promotion_code: Option<String>,
}

impl Redemption {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        let id = row.get()?;
        let mut of = New {
            promotion_id: row.get()?,
            user_id: row.get()?,
            wallet_id: row.get()?,
            actor: row.get()?,
            request_id: row.get()?,
            purchase_id: row.get()?,
            cents: row.get()?,
            currency: row.get()?,
            credits: row.get()?,
            created_at: Time::from_micros(0),
        };
        let state = row.parse("a state", |word: String| State::parse(&word))?;
        let (attempt, seq) = (row.get()?, row.get()?);
        of.created_at = row.get()?;
        Ok(Self {
            id,
            of,
            state,
            attempt,
            seq,
            updated_at: row.get()?,
            promotion_name: row.get()?,
            promotion_code: row.get()?,
        })
    }
}

/// Writes a use; its id. One of a purchase is reserved, one that comes alone
/// owes its credits. A purchase that has one already breaks a constraint.
pub fn insert(new: &New) -> Query<'_, i64> {
    let state = if new.purchase_id.is_some() { State::Reserved } else { State::Granting };
    let args = [
        new.promotion_id.into(),
        new.user_id.into(),
        new.wallet_id.into(),
        new.actor.as_str().into(),
        new.request_id.as_deref().into(),
        new.purchase_id.into(),
        new.cents.into(),
        new.currency.as_str().into(),
        new.credits.into(),
        state.as_str().into(),
        new.created_at.into(),
    ];
    INSERT.rows(args, only)
}

/// The use of that id.
pub fn by_id(id: i64) -> Query<'static, Redemption> {
    BY_ID.rows([id.into()], Redemption::read)
}

/// The use that a purchase has.
pub fn by_purchase(id: i64) -> Query<'static, Redemption> {
    BY_PURCHASE.rows([id.into()], Redemption::read)
}

/// A page of a promotion's uses, newest first.
pub fn of_promotion(id: i64, page: Page) -> Query<'static, Redemption> {
    OF_PROMOTION.rows([id.into(), page.limit.into(), page.offset.into()], Redemption::read)
}

/// How many uses a promotion has, freed ones too.
pub fn count_of_promotion(id: i64) -> Query<'static, i64> {
    COUNT_OF_PROMOTION.rows([id.into()], only)
}

/// A page of a user's uses, newest first.
pub fn of_user(id: i64, page: Page) -> Query<'static, Redemption> {
    OF_USER.rows([id.into(), page.limit.into(), page.offset.into()], Redemption::read)
}

/// How many uses a user has, freed ones too.
pub fn count_of_user(id: i64) -> Query<'static, i64> {
    COUNT_OF_USER.rows([id.into()], only)
}

/// Whether a user paid for credits, alone or by a subscription, or has a promotion reserved to do so.
pub fn has_bought(user: i64) -> Query<'static, bool> {
    HAS_BOUGHT.rows([user.into()], only)
}

/// Uses whose credits are owed since then, oldest first, at most so many behind a place.
pub fn owed(until: Time, after: Place, most: i64) -> Query<'static, Place> {
    let args = [until.into(), after.at.into(), after.id.into(), most.into()];
    OWED.rows(args, Place::read)
}

/// The purchase is done, so its use counts for ever; hits no row where it has
/// none, or that was known.
pub fn bought(purchase: i64, at: Time) -> Change<'static> {
    BOUGHT.change([at.into(), purchase.into()])
}

/// Nothing comes of the payment; hits no row if that was known.
pub fn freed(id: i64, at: Time) -> Change<'static> {
    FREED.change([at.into(), id.into()])
}

/// The ledger refused an attempt; hits no row if that was known.
pub fn refused(id: i64, attempt: i64, at: Time) -> Change<'static> {
    REFUSED.change([at.into(), id.into(), attempt.into()])
}

/// The credits are there; hits no row if that was known.
pub fn granted(id: i64, seq: Seq, at: Time) -> Change<'static> {
    GRANTED.change([seq.into(), at.into(), id.into()])
}
