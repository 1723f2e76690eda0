//! Buying by itself: what users agreed to, and what was bought for it. What was
//! begun counts against the caps. This module must not know what a cap is for.

use ledger::{Credits, Seq, Time, WalletId};

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::Row;

const PUT: Sql = Sql::both(
    "top_up_settings.put",
    "INSERT INTO top_up_settings (user_id, wallet_id, state, threshold, quantity, day_cap,
        month_cap, currency, cool_down_s, payment_method, consent_text, consent_by, consent_at,
        updated_at)
    VALUES ($1, $2, 'on', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
    ON CONFLICT (user_id) DO UPDATE
    SET state = 'on', stopped = NULL, threshold = excluded.threshold,
        quantity = excluded.quantity, day_cap = excluded.day_cap, month_cap = excluded.month_cap,
        currency = excluded.currency, cool_down_s = excluded.cool_down_s,
        payment_method = excluded.payment_method, consent_text = excluded.consent_text,
        consent_by = excluded.consent_by, consent_at = excluded.consent_at, not_before = NULL,
        updated_at = excluded.updated_at",
);

const FIND: Sql = Sql::both(
    "top_up_settings.find",
    "SELECT user_id, wallet_id, threshold, quantity, day_cap, month_cap, currency, cool_down_s,
        payment_method, consent_text, consent_by, consent_at, state, stopped, not_before
    FROM top_up_settings
    WHERE user_id = $1",
);

const WATCHED: Sql = Sql::both(
    "top_up_settings.watched",
    "SELECT wallet_id, user_id, threshold
    FROM top_up_settings
    WHERE state = 'on' AND threshold > $1 AND (not_before IS NULL OR not_before <= $2)",
);

const STOP: Sql = Sql::both(
    "top_up_settings.stop",
    "UPDATE top_up_settings
    SET state = 'stopped', stopped = $1, not_before = NULL, updated_at = $2
    WHERE user_id = $3 AND state = 'on' AND consent_at = $4",
);

const TURN_OFF: Sql = Sql::both(
    "top_up_settings.turn_off",
    "UPDATE top_up_settings
    SET state = 'off', stopped = NULL, not_before = NULL, updated_at = $1
    WHERE user_id = $2 AND state <> 'off'",
);

const WAIT: Sql = Sql::both(
    "top_up_settings.wait",
    "UPDATE top_up_settings
    SET not_before = $1
    WHERE user_id = $2",
);

const BEGIN: Sql = Sql::both(
    "top_ups.begin",
    "INSERT INTO top_ups (purchase_id, user_id, seen_seq, cents, currency, day, month, state,
        created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $8)",
);

const OPEN: Sql = Sql::both(
    "top_ups.open",
    "SELECT purchase_id, created_at
    FROM top_ups
    WHERE user_id = $1 AND state = 'open'",
);

const LAST: Sql = Sql::both(
    "top_ups.last",
    "SELECT t.created_at, p.seq
    FROM top_ups t
    JOIN purchases p ON p.id = t.purchase_id
    WHERE t.user_id = $1 AND t.state = 'done'
    ORDER BY t.purchase_id DESC
    LIMIT 1",
);

const SPENT: Sql = Sql::both(
    "top_ups.spent",
    "SELECT day, cents
    FROM top_ups
    WHERE user_id = $1 AND month = $2 AND currency = $3 AND state <> 'failed'",
);

const DONE: Sql = Sql::both(
    "top_ups.done",
    "UPDATE top_ups
    SET state = 'done', updated_at = $1
    WHERE purchase_id = $2 AND state = 'open'",
);

const FAIL: Sql = Sql::both(
    "top_ups.fail",
    "UPDATE top_ups
    SET state = 'failed', failure = $1, updated_at = $2
    WHERE purchase_id = $3 AND state = 'open'",
);

/// The statements of this module.
pub const ALL: &[&Sql] =
    &[&PUT, &FIND, &WATCHED, &STOP, &TURN_OFF, &WAIT, &BEGIN, &OPEN, &LAST, &SPENT, &DONE, &FAIL];

/// What a user agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Who.
    pub user_id: i64,
    /// Whose balance is watched.
    pub wallet_id: WalletId,
    /// Below so many available credits
    pub threshold: Credits,
    /// so many are bought.
    pub quantity: Credits,
    /// No more money a day, in cents,
    pub day_cap: i64,
    /// and a month.
    pub month_cap: i64,
    /// In which currency.
    pub currency: String,
    /// How long it waits after each, in seconds.
    pub cool_down_s: i64,
    /// What pays.
    pub payment_method: String,
    /// Which text was agreed to,
    pub consent_text: String,
    /// by whom,
    pub consent_by: String,
    /// and when.
    pub consent_at: Time,
}

/// Terms and how they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What never changes unless somebody agrees anew.
    pub terms: Terms,
    /// `on`, `stopped` or `off`.
    pub state: String,
    /// Why it stopped.
    pub stopped: Option<String>,
    /// Nothing is bought before.
    pub not_before: Option<Time>,
}

/// A wallet that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Which.
    pub wallet_id: WalletId,
    /// Whose.
    pub user_id: i64,
    /// Below so many it is to be looked at.
    pub threshold: Credits,
}

/// A purchase that begins by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// Which purchase.
    pub purchase_id: i64,
    /// For whom.
    pub user_id: i64,
    /// The last record of their wallet when it was below.
    pub seen_seq: Seq,
    /// For how much.
    pub cents: i64,
    /// In which currency.
    pub currency: String,
    /// The start of the day it counts for,
    pub day: Time,
    /// and of the month.
    pub month: Time,
    /// When it began.
    pub created_at: Time,
}

/// A purchase that began by itself and has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Which purchase.
    pub purchase_id: i64,
    /// When it began.
    pub created_at: Time,
}

/// The last purchase that began by itself and brought credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    /// When it began.
    pub created_at: Time,
    /// The record of its credits.
    pub seq: Option<Seq>,
}

impl Settings {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            terms: Terms {
                user_id: row.get()?,
                wallet_id: row.get()?,
                threshold: row.get()?,
                quantity: row.get()?,
                day_cap: row.get()?,
                month_cap: row.get()?,
                currency: row.get()?,
                cool_down_s: row.get()?,
                payment_method: row.get()?,
                consent_text: row.get()?,
                consent_by: row.get()?,
                consent_at: row.get()?,
            },
            state: row.get()?,
            stopped: row.get()?,
            not_before: row.get()?,
        })
    }
}

impl Watched {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self { wallet_id: row.get()?, user_id: row.get()?, threshold: row.get()? })
    }
}

impl Open {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self { purchase_id: row.get()?, created_at: row.get()? })
    }
}

impl Last {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self { created_at: row.get()?, seq: row.get()? })
    }
}

fn day_and_cents(row: &mut Row<'_>) -> Result<(Time, i64), Error> {
    Ok((row.get()?, row.get()?))
}

/// Turns it on, with these terms and no others.
pub fn put(terms: &Terms) -> Change<'_> {
    PUT.change([
        terms.user_id.into(),
        terms.wallet_id.into(),
        terms.threshold.into(),
        terms.quantity.into(),
        terms.day_cap.into(),
        terms.month_cap.into(),
        terms.currency.as_str().into(),
        terms.cool_down_s.into(),
        terms.payment_method.as_str().into(),
        terms.consent_text.as_str().into(),
        terms.consent_by.as_str().into(),
        terms.consent_at.into(),
    ])
}

/// What a user agreed to, ever.
pub fn find(user: i64) -> Query<'static, Settings> {
    FIND.rows([user.into()], Settings::read)
}

/// Every wallet that is to be looked at with so few credits.
pub fn watched(left: Credits, at: Time) -> Query<'static, Watched> {
    WATCHED.rows([left.into(), at.into()], Watched::read)
}

/// It stops by itself; hits no row where it is not on, or somebody has agreed anew
/// since what is named here.
pub fn stop((user, consent): (i64, Time), reason: &str, at: Time) -> Change<'_> {
    STOP.change([reason.into(), at.into(), user.into(), consent.into()])
}

/// Its owner turns it off; hits no row where it is.
pub fn turn_off(user: i64, at: Time) -> Change<'static> {
    TURN_OFF.change([at.into(), user.into()])
}

/// Nothing is bought before.
pub fn wait(user: i64, until: Time) -> Change<'static> {
    WAIT.change([until.into(), user.into()])
}

/// A purchase began by itself. A second one that is open breaks a constraint.
pub fn begin(new: &New) -> Change<'_> {
    BEGIN.change([
        new.purchase_id.into(),
        new.user_id.into(),
        new.seen_seq.into(),
        new.cents.into(),
        new.currency.as_str().into(),
        new.day.into(),
        new.month.into(),
        new.created_at.into(),
    ])
}

/// What is being bought for a user.
pub fn open(user: i64) -> Query<'static, Open> {
    OPEN.rows([user.into()], Open::read)
}

/// The last one that brought credits.
pub fn last(user: i64) -> Query<'static, Last> {
    LAST.rows([user.into()], Last::read)
}

/// What was paid or may be in a month, in a currency: the day, and cents.
pub fn spent(user: i64, month: Time, currency: &str) -> Query<'_, (Time, i64)> {
    SPENT.rows([user.into(), month.into(), currency.into()], day_and_cents)
}

/// It was bought; hits no row where that was known.
pub fn done(purchase: i64, at: Time) -> Change<'static> {
    DONE.change([at.into(), purchase.into()])
}

/// It was not, and never will be: it counts no more. Hits no row where that was known.
pub fn fail(purchase: i64, failure: &str, at: Time) -> Change<'_> {
    FAIL.change([failure.into(), at.into(), purchase.into()])
}
