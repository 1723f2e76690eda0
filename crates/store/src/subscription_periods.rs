//! What was paid for subscriptions and what it gave, a row a period. A step names
//! the state it leaves and hits no row where somebody took it before.

use ledger::{Credits, Seq, Time};

use crate::error::Error;
use crate::page::Page;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};
use crate::subscriptions::PlanKey;

macro_rules! select {
    ($clauses:literal) => {
        concat!(
            "SELECT id, subscription_id, kind, starts_at, ends_at, package_id, package_version,
                cents, currency, credits, rollover, state, reference, invoice, payment_intent,
                failures, paid_at, expires_at, attempt, seq, rollover_seq, request_scope,
                request_key, created_at
            FROM subscription_periods
            ",
            $clauses
        )
    };
}

pub(crate) use select;

const INSERT: Sql = Sql::both(
    "subscription_periods.insert",
    "INSERT INTO subscription_periods (subscription_id, kind, starts_at, ends_at, package_id,
        package_version, cents, currency, credits, rollover, state, reference, invoice,
        payment_intent, failures, paid_at, expires_at, attempt, request_scope, request_key,
        created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $16, 1, $17, $18,
        $19, $19)
    RETURNING id",
);

const BY_ID: Sql = Sql::both("subscription_periods.by_id", select!("WHERE id = $1"));

const AT: Sql =
    Sql::both("subscription_periods.at", select!("WHERE subscription_id = $1 AND starts_at = $2"));

const OPEN: Sql = Sql::both(
    "subscription_periods.open",
    select!(
        "WHERE subscription_id = $1 AND state IN ('collecting', 'granting')
        ORDER BY starts_at"
    ),
);

const BY_REQUEST: Sql = Sql::both(
    "subscription_periods.by_request",
    select!("WHERE request_scope = $1 AND request_key = $2"),
);

const BY_PAYMENT: Sql =
    Sql::both("subscription_periods.by_payment", select!("WHERE payment_intent = $1"));

const EXPIRING: Sql = Sql::both(
    "subscription_periods.expiring",
    select!(
        "WHERE subscription_id = $1 AND expires_at = $2 AND state = 'granted'
        ORDER BY id"
    ),
);

const SINCE: Sql = Sql::both(
    "subscription_periods.since",
    select!(
        "WHERE subscription_id = $1 AND starts_at >= $2
        ORDER BY starts_at"
    ),
);

const OF_SUBSCRIPTION: Sql = Sql::both(
    "subscription_periods.of_subscription",
    select!(
        "WHERE subscription_id = $1
        ORDER BY starts_at DESC
        LIMIT $2 OFFSET $3"
    ),
);

const COUNT_OF_SUBSCRIPTION: Sql = Sql::both(
    "subscription_periods.count_of_subscription",
    "SELECT COUNT(*)
    FROM subscription_periods
    WHERE subscription_id = $1",
);

const PAID_SINCE: Sql = Sql::both(
    "subscription_periods.paid_since",
    select!(
        "WHERE id > $1 AND paid_at >= $2 AND payment_intent IS NOT NULL
            AND state IN ('granting', 'granted')
        ORDER BY id
        LIMIT $3"
    ),
);

const GRANT: Sql = Sql::both(
    "subscription_periods.grant",
    "UPDATE subscription_periods
    SET state = 'granting', invoice = $1, payment_intent = $2, paid_at = $3, expires_at = $4,
        rollover = $5, updated_at = $6
    WHERE id = $7 AND state = 'collecting'",
);

const FAILED_TRIES: Sql = Sql::both(
    "subscription_periods.failed_tries",
    "UPDATE subscription_periods
    SET failures = $1, invoice = $2, updated_at = $3
    WHERE id = $4 AND state = 'collecting' AND failures < $1",
);

const CLOSE: Sql = Sql::both(
    "subscription_periods.close",
    "UPDATE subscription_periods
    SET state = $1, request_scope = NULL, request_key = NULL, updated_at = $2
    WHERE id = $3 AND state = 'collecting'",
);

const PAID_OTHERWISE: Sql = Sql::both(
    "subscription_periods.paid_otherwise",
    "UPDATE subscription_periods
    SET state = 'failed', invoice = $1, payment_intent = $2, paid_at = $3, request_scope = NULL,
        request_key = NULL, updated_at = $3
    WHERE id = $4 AND state = 'collecting'",
);

const GRANTED: Sql = Sql::both(
    "subscription_periods.granted",
    "UPDATE subscription_periods
    SET state = 'granted', seq = $1, updated_at = $2
    WHERE id = $3 AND state = 'granting'",
);

const ROLLED_OVER: Sql = Sql::both(
    "subscription_periods.rolled_over",
    "UPDATE subscription_periods
    SET rollover_seq = $1, updated_at = $2
    WHERE id = $3 AND state = 'granting' AND rollover_seq IS NULL",
);

const REFUSED: Sql = Sql::both(
    "subscription_periods.refused",
    "UPDATE subscription_periods
    SET attempt = attempt + 1, expires_at = $1, updated_at = $2
    WHERE id = $3 AND state = 'granting' AND attempt = $4",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[
    &INSERT,
    &BY_ID,
    &AT,
    &OPEN,
    &BY_REQUEST,
    &BY_PAYMENT,
    &EXPIRING,
    &SINCE,
    &OF_SUBSCRIPTION,
    &COUNT_OF_SUBSCRIPTION,
    &PAID_SINCE,
    &GRANT,
    &FAILED_TRIES,
    &CLOSE,
    &PAID_OTHERWISE,
    &GRANTED,
    &ROLLED_OVER,
    &REFUSED,
];

/// What a row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The trial.
    Trial,
    /// A month.
    Period,
    /// The difference of two packages, within a month.
    Upgrade,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The money is not there yet.
    Collecting,
    /// It is; the credits are not.
    Granting,
    /// Both are.
    Granted,
    /// The money never came.
    Failed,
    /// None was asked for after all.
    Void,
}

/// Declares the words of an enum.
macro_rules! words {
    ($name:ident: $($variant:ident = $word:literal),+) => {
        impl $name {
            /// The word it is kept as.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

words!(Kind: Trial = "trial", Period = "period", Upgrade = "upgrade");
words!(State: Collecting = "collecting", Granting = "granting", Granted = "granted",
    Failed = "failed", Void = "void");

/// A period, a trial or an upgrade: what it costs and what it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its id; whatever it is, an insert gives a new one.
    pub id: i64,
    /// Of which subscription.
    pub subscription_id: i64,
    /// What it is.
    pub kind: Kind,
    /// From when.
    pub starts_at: Time,
    /// Until when.
    pub ends_at: Time,
    /// By which terms.
    pub plan: PlanKey,
    /// What is paid.
    pub cents: i64,
    /// In which currency.
    pub currency: String,
    /// What it gives.
    pub credits: Credits,
    /// What expired at its start and is given anew.
    pub rollover: Credits,
    /// How far it is.
    pub state: State,
    /// What the payment provider is asked with for an upgrade.
    pub reference: Option<[u8; 16]>,
    /// What it calls the invoice.
    pub invoice: Option<String>,
    /// What it calls the payment.
    pub payment_intent: Option<String>,
    /// Tries to pay that failed.
    pub failures: i64,
    /// When the money was found to be there.
    pub paid_at: Option<Time>,
    /// When the credits expire.
    pub expires_at: Option<Time>,
    /// From 1; the ledger refused those before.
    pub attempt: i64,
    /// The record of its grant.
    pub seq: Option<Seq>,
    /// The record of the grant of what rolled over.
    pub rollover_seq: Option<Seq>,
    /// What the caller's key is unique in.
    pub request_scope: Option<String>,
    /// The caller's key, of an upgrade.
    pub request_key: Option<String>,
    /// When it was written.
    pub created_at: Time,
}

impl Period {
    pub(crate) fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            subscription_id: row.get()?,
            kind: row.parse("a kind", |word: String| Kind::parse(&word))?,
            starts_at: row.get()?,
            ends_at: row.get()?,
            plan: PlanKey { package_id: row.get()?, version: row.get()? },
            cents: row.get()?,
            currency: row.get()?,
            credits: row.get()?,
            rollover: row.get()?,
            state: row.parse("a state", |word: String| State::parse(&word))?,
            reference: row.get()?,
            invoice: row.get()?,
            payment_intent: row.get()?,
            failures: row.get()?,
            paid_at: row.get()?,
            expires_at: row.get()?,
            attempt: row.get()?,
            seq: row.get()?,
            rollover_seq: row.get()?,
            request_scope: row.get()?,
            request_key: row.get()?,
            created_at: row.get()?,
        })
    }
}

/// Writes one; its id. Another one from the same instant breaks a constraint.
pub fn insert(new: &Period) -> Query<'_, i64> {
    let args = [
        new.subscription_id.into(),
        new.kind.as_str().into(),
        new.starts_at.into(),
        new.ends_at.into(),
        new.plan.package_id.into(),
        new.plan.version.into(),
        new.cents.into(),
        new.currency.as_str().into(),
        new.credits.into(),
        new.rollover.into(),
        new.state.as_str().into(),
        new.reference.as_ref().map(<[u8; 16]>::as_slice).into(),
        new.invoice.as_deref().into(),
        new.payment_intent.as_deref().into(),
        new.paid_at.into(),
        new.expires_at.into(),
        new.request_scope.as_deref().into(),
        new.request_key.as_deref().into(),
        new.created_at.into(),
    ];
    INSERT.rows(args, only)
}

/// The row of that id.
pub fn by_id(id: i64) -> Query<'static, Period> {
    BY_ID.rows([id.into()], Period::read)
}

/// A subscription's from that instant.
pub fn at(subscription: i64, starts_at: Time) -> Query<'static, Period> {
    AT.rows([subscription.into(), starts_at.into()], Period::read)
}

/// Those of a subscription with steps left, oldest first.
pub fn open(subscription: i64) -> Query<'static, Period> {
    OPEN.rows([subscription.into()], Period::read)
}

/// The one that a caller's key began.
pub fn by_request<'a>(scope: &'a str, key: &'a str) -> Query<'a, Period> {
    BY_REQUEST.rows([scope.into(), key.into()], Period::read)
}

/// The one that a payment paid.
pub fn by_payment(intent: &str) -> Query<'_, Period> {
    BY_PAYMENT.rows([intent.into()], Period::read)
}

/// Those whose credits expire at that instant.
pub fn expiring(subscription: i64, at: Time) -> Query<'static, Period> {
    EXPIRING.rows([subscription.into(), at.into()], Period::read)
}

/// Those from that instant on, oldest first.
pub fn since(subscription: i64, starts_at: Time) -> Query<'static, Period> {
    SINCE.rows([subscription.into(), starts_at.into()], Period::read)
}

/// All of a subscription, newest first.
pub fn of_subscription(subscription: i64, page: Page) -> Query<'static, Period> {
    let args = [subscription.into(), page.limit.into(), page.offset.into()];
    OF_SUBSCRIPTION.rows(args, Period::read)
}

/// How many [`of_subscription`] has on all pages.
pub fn count_of_subscription(subscription: i64) -> Query<'static, i64> {
    COUNT_OF_SUBSCRIPTION.rows([subscription.into()], only)
}

/// Those whose payment was found to be there since then, behind an id, in the order of
/// their ids.
pub fn paid_since(since: Time, after: i64, most: i64) -> Query<'static, Period> {
    PAID_SINCE.rows([after.into(), since.into(), most.into()], Period::read)
}

/// What is known once the money is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// What the provider calls the invoice.
    pub invoice: Option<String>,
    /// And the payment.
    pub payment_intent: Option<String>,
    /// When it was found to be there.
    pub at: Time,
    /// When the credits will expire.
    pub expires_at: Time,
    /// What is given anew beside.
    pub rollover: Credits,
}

/// The money is there; hits no row if that was known. An invoice or a payment
/// that another row has breaks a constraint.
pub fn grant(id: i64, paid: &Paid) -> Change<'_> {
    GRANT.change([
        paid.invoice.as_deref().into(),
        paid.payment_intent.as_deref().into(),
        paid.at.into(),
        paid.expires_at.into(),
        paid.rollover.into(),
        paid.at.into(),
        id.into(),
    ])
}

/// So many tries failed; hits no row if that was known.
pub fn failed_tries(id: i64, failures: i64, invoice: &str, at: Time) -> Change<'_> {
    FAILED_TRIES.change([failures.into(), invoice.into(), at.into(), id.into()])
}

/// No money will come, for that reason; hits no row if it did or that was known.
pub fn close(id: i64, state: State, at: Time) -> Change<'static> {
    CLOSE.change([state.as_str().into(), at.into(), id.into()])
}

/// Another amount came in than was asked for, and nothing is given for it; hits no row
/// if that was known. An invoice or a payment that another row has breaks a constraint.
pub fn paid_otherwise<'a>(
    id: i64,
    (invoice, payment_intent): (&'a str, Option<&'a str>),
    at: Time,
) -> Change<'a> {
    PAID_OTHERWISE.change([invoice.into(), payment_intent.into(), at.into(), id.into()])
}

/// The credits are there, by that record where there are any; hits no row if that
/// was known.
pub fn granted(id: i64, seq: Option<Seq>, at: Time) -> Change<'static> {
    GRANTED.change([seq.into(), at.into(), id.into()])
}

/// What rolled over is there; hits no row if that was known.
pub fn rolled_over(id: i64, seq: Seq, at: Time) -> Change<'static> {
    ROLLED_OVER.change([seq.into(), at.into(), id.into()])
}

/// The ledger refused an attempt; the next one's credits expire then. Hits no row
/// if that was known.
pub fn refused(id: i64, attempt: i64, expires_at: Time, at: Time) -> Change<'static> {
    REFUSED.change([expires_at.into(), at.into(), id.into(), attempt.into()])
}
