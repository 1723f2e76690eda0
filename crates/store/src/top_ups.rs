//! Buying by itself: what users agreed to, and what was bought for it. What was
//! begun counts against the caps. This module must not know what a cap is for.

use ledger::{Credits, Seq, Time, WalletId};

use crate::error::Error;
use crate::page::Page;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};
use crate::value::Value;

const PUT: Sql = Sql::both(
    "top_up_settings.put",
    "INSERT INTO top_up_settings (user_id, wallet_id, agreement, state, threshold, quantity,
        day_cap, month_cap, currency, cool_down_s, payment_method, consent_text, consent_by,
        consent_at, updated_at)
    VALUES ($1, $2, 1, 'on', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
    ON CONFLICT (user_id) DO UPDATE
    SET agreement = top_up_settings.agreement + 1, state = 'on', stopped = NULL, threshold = excluded.threshold,
        quantity = excluded.quantity, day_cap = excluded.day_cap, month_cap = excluded.month_cap,
        currency = excluded.currency, cool_down_s = excluded.cool_down_s,
        payment_method = excluded.payment_method, consent_text = excluded.consent_text,
        consent_by = excluded.consent_by, consent_at = excluded.consent_at, not_before = NULL,
        updated_at = excluded.updated_at",
);

const FIND: Sql = Sql::both(
    "top_up_settings.find",
    "SELECT user_id, wallet_id, threshold, quantity, day_cap, month_cap, currency, cool_down_s,
        payment_method, consent_text, consent_by, consent_at, agreement, state, stopped,
        not_before
    FROM top_up_settings
    WHERE user_id = $1",
);

const LIST: Sql = Sql::both(
    "top_up_settings.list",
    "SELECT user_id, wallet_id, threshold, quantity, day_cap, month_cap, currency, cool_down_s,
        payment_method, consent_text, consent_by, consent_at, agreement, state, stopped,
        not_before
    FROM top_up_settings
    WHERE CAST($1 AS TEXT) IS NULL OR state = $1
    ORDER BY updated_at DESC, user_id
    LIMIT $2 OFFSET $3",
);

const COUNT: Sql = Sql::both(
    "top_up_settings.count",
    "SELECT COUNT(*)
    FROM top_up_settings
    WHERE CAST($1 AS TEXT) IS NULL OR state = $1",
);

/// The most that anybody wants to have at least.
const HIGHEST: Sql = Sql::both(
    "top_up_settings.highest",
    "SELECT MAX(threshold)
    FROM top_up_settings
    WHERE state = 'on'",
);

/// So many wallets at once. While something is being bought its own job looks at the
/// balance.
const WATCHED: Sql = Sql::both(
    "top_up_settings.watched",
    "SELECT s.wallet_id, s.user_id, s.threshold
    FROM top_up_settings s
    WHERE s.wallet_id IN (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)
        AND s.state = 'on' AND (s.not_before IS NULL OR s.not_before <= $33)
        AND NOT EXISTS (SELECT 1 FROM top_ups t WHERE t.user_id = s.user_id AND t.state = 'open')",
);

const STOP: Sql = Sql::both(
    "top_up_settings.stop",
    "UPDATE top_up_settings
    SET state = 'stopped', stopped = $1, not_before = NULL, updated_at = $2
    WHERE user_id = $3 AND state = 'on' AND agreement = $4",
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
    "INSERT INTO top_ups (purchase_id, user_id, agreement, cents, currency, state, created_at,
        updated_at)
    VALUES ($1, $2, $3, $4, $5, 'open', $6, $6)",
);

const OPEN: Sql = Sql::both(
    "top_ups.open",
    "SELECT purchase_id, agreement, cents, currency
    FROM top_ups
    WHERE user_id = $1 AND state = 'open'",
);

const WITHDRAWN: Sql = Sql::both(
    "top_ups.withdrawn",
    "SELECT t.purchase_id
    FROM top_ups t
    JOIN top_up_settings s ON s.user_id = t.user_id
    WHERE t.purchase_id = $1 AND (s.state <> 'on' OR s.agreement <> t.agreement)",
);

const OF_PAYMENT: Sql = Sql::both(
    "top_ups.of_payment",
    "SELECT t.purchase_id
    FROM purchases p
    JOIN top_ups t ON t.purchase_id = p.id
    WHERE p.payment_intent = $1",
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
    "SELECT updated_at, cents
    FROM top_ups
    WHERE user_id = $1 AND state = 'done' AND updated_at >= $2 AND currency = $3",
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
pub const ALL: &[&Sql] = &[
    &PUT,
    &FIND,
    &LIST,
    &COUNT,
    &HIGHEST,
    &WATCHED,
    &STOP,
    &TURN_OFF,
    &WAIT,
    &BEGIN,
    &OPEN,
    &WITHDRAWN,
    &OF_PAYMENT,
    &LAST,
    &SPENT,
    &DONE,
    &FAIL,
];

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
    /// Rises whenever somebody does.
    pub agreement: i64,
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
    /// By which agreement.
    pub agreement: i64,
    /// For how much.
    pub cents: i64,
    /// In which currency.
    pub currency: String,
    /// When it began.
    pub created_at: Time,
}

/// A purchase that began by itself and has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Which purchase.
    pub purchase_id: i64,
    /// By which agreement.
    pub agreement: i64,
    /// For how much.
    pub cents: i64,
    /// In which currency.
    pub currency: String,
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
            agreement: row.get()?,
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
        Ok(Self {
            purchase_id: row.get()?,
            agreement: row.get()?,
            cents: row.get()?,
            currency: row.get()?,
        })
    }
}

impl Last {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self { created_at: row.get()?, seq: row.get()? })
    }
}

fn time_and_cents(row: &mut Row<'_>) -> Result<(Time, i64), Error> {
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

/// What users agreed to, the last that changed first.
pub fn list(state: Option<&str>, page: Page) -> Query<'_, Settings> {
    LIST.rows([state.into(), page.limit.into(), page.offset.into()], Settings::read)
}

/// How many there are.
pub fn count(state: Option<&str>) -> Query<'_, i64> {
    COUNT.rows([state.into()], only)
}

/// The most that anybody wants to have at least; `None` where nobody wants any.
pub fn highest() -> Query<'static, Option<Credits>> {
    HIGHEST.rows([], only)
}

/// How many wallets [`watched`] takes.
pub const WATCHED_MAX: usize = 32;

/// Those of some wallets that are watched at a time.
pub fn watched(wallets: &[WalletId], at: Time) -> Query<'static, Watched> {
    let mut args = [const { Value::I64(None) }; WATCHED_MAX + 1];
    args[WATCHED_MAX] = at.into();
    for (arg, wallet) in args.iter_mut().zip(wallets.iter().take(WATCHED_MAX)) {
        *arg = (*wallet).into();
    }
    WATCHED.rows(args, Watched::read)
}

/// It stops by itself; hits no row where it is not on, or somebody has agreed anew
/// since the agreement that is named.
pub fn stop((user, agreement): (i64, i64), reason: &str, at: Time) -> Change<'_> {
    STOP.change([reason.into(), at.into(), user.into(), agreement.into()])
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
        new.agreement.into(),
        new.cents.into(),
        new.currency.as_str().into(),
        new.created_at.into(),
    ])
}

/// What is being bought for a user.
pub fn open(user: i64) -> Query<'static, Open> {
    OPEN.rows([user.into()], Open::read)
}

/// The purchase, where it began by itself and by what nobody agrees to any more.
pub fn withdrawn(purchase: i64) -> Query<'static, i64> {
    WITHDRAWN.rows([purchase.into()], only)
}

/// The purchase a payment was for, where it began by itself.
pub fn of_payment(intent: &str) -> Query<'_, i64> {
    OF_PAYMENT.rows([intent.into()], only)
}

/// The last one that brought credits.
pub fn last(user: i64) -> Query<'static, Last> {
    LAST.rows([user.into()], Last::read)
}

/// What came in since a time, in a currency: when, and cents.
pub fn spent(user: i64, since: Time, currency: &str) -> Query<'_, (Time, i64)> {
    SPENT.rows([user.into(), since.into(), currency.into()], time_and_cents)
}

/// It was bought; hits no row where that was known.
pub fn done(purchase: i64, at: Time) -> Change<'static> {
    DONE.change([at.into(), purchase.into()])
}

/// It was not, and never will be: it counts no more. Hits no row where that was known.
pub fn fail(purchase: i64, failure: &str, at: Time) -> Change<'_> {
    FAIL.change([failure.into(), at.into(), purchase.into()])
}
