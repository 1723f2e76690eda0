//! Subscriptions, a row each. A row is written whole, and only by who read it as
//! it still is. This module must not know what may become of one, nor who bills.

use ledger::{Time, WalletId};

use crate::error::Error;
use crate::page::Page;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

macro_rules! select {
    ($clauses:literal) => {
        concat!(
            "SELECT id, user_id, wallet_id, package_id, package_version, next_package_id,
                next_package_version, status, then_do, cover, since, anchor_at, period_number,
                period_starts_at, period_ends_at, had_trial, pause_reason, billing_reference,
                payment_method, provider_subscription, provider_customer, card_setup, is_told,
                revision, actor, request_id, request_scope, request_key, created_at, updated_at
            FROM subscriptions
            ",
            $clauses
        )
    };
}

pub(crate) use select;

/// Those an admin looks for. A filter that is left out is NULL.
macro_rules! found {
    () => {
        "WHERE status <> 'starting'
        AND (CAST($1 AS TEXT) IS NULL OR status = $1)
        AND (CAST($2 AS BIGINT) IS NULL OR package_id = $2)
        AND (CAST($3 AS BIGINT) IS NULL OR user_id = $3)"
    };
}

const INSERT: Sql = Sql::both(
    "subscriptions.insert",
    "INSERT INTO subscriptions (user_id, wallet_id, package_id, package_version, status, anchor_at,
        period_number, period_starts_at, period_ends_at, had_trial, billing_reference,
        payment_method, is_told, revision, actor, request_id, request_scope, request_key,
        created_at, updated_at)
    VALUES ($1, $2, $3, $4, 'starting', $5, $6, $7, $8, $9, $10, $11, TRUE, 1, $12, $13, $14, $15,
        $16, $16)
    RETURNING id",
);

const BY_ID: Sql = Sql::both("subscriptions.by_id", select!("WHERE id = $1"));

const LIVE: Sql = Sql::both(
    "subscriptions.live",
    select!("WHERE user_id = $1 AND status NOT IN ('cancelled', 'expired')"),
);

const BY_REQUEST: Sql =
    Sql::both("subscriptions.by_request", select!("WHERE request_scope = $1 AND request_key = $2"));

const BY_PROVIDER: Sql = Sql::both(
    "subscriptions.by_provider",
    "SELECT id
    FROM subscriptions
    WHERE provider_subscription = $1",
);

const HAD_TRIAL: Sql = Sql::both(
    "subscriptions.had_trial",
    "SELECT COUNT(*)
    FROM subscriptions
    WHERE user_id = $1 AND had_trial",
);

const SAVE: Sql = Sql::both(
    "subscriptions.save",
    "UPDATE subscriptions
    SET package_id = $1, package_version = $2, next_package_id = $3, next_package_version = $4,
        status = $5, then_do = $6, cover = $7, since = $8, anchor_at = $9, period_number = $10,
        period_starts_at = $11, period_ends_at = $12, had_trial = $13, pause_reason = $14,
        payment_method = $15, provider_subscription = $16, provider_customer = $17,
        card_setup = $18, is_told = $19, request_scope = $20, request_key = $21, updated_at = $22,
        revision = revision + 1
    WHERE id = $23 AND revision = $24",
);

const OF_USER: Sql = Sql::both(
    "subscriptions.of_user",
    select!(
        "WHERE user_id = $1 AND status <> 'starting'
        ORDER BY id DESC
        LIMIT $2 OFFSET $3"
    ),
);

const COUNT_OF_USER: Sql = Sql::both(
    "subscriptions.count_of_user",
    "SELECT COUNT(*)
    FROM subscriptions
    WHERE user_id = $1 AND status <> 'starting'",
);

const LIST: Sql = Sql::both(
    "subscriptions.list",
    concat!(select!(""), found!(), "\nORDER BY id DESC\nLIMIT $4 OFFSET $5"),
);

const COUNT: Sql =
    Sql::both("subscriptions.count", concat!("SELECT COUNT(*)\nFROM subscriptions\n", found!()));

const STANDING: Sql = Sql::both(
    "subscriptions.standing",
    "SELECT s.status, p.name
    FROM subscriptions s
    JOIN packages p ON p.id = s.package_id
    WHERE s.user_id = $1 AND s.status NOT IN ('starting', 'cancelled', 'expired')",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[
    &INSERT,
    &BY_ID,
    &LIVE,
    &BY_REQUEST,
    &BY_PROVIDER,
    &HAD_TRIAL,
    &SAVE,
    &OF_USER,
    &COUNT_OF_USER,
    &LIST,
    &COUNT,
    &STANDING,
];

/// A version of a package's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanKey {
    /// The package.
    pub package_id: i64,
    /// The version.
    pub version: i64,
}

/// The period a subscription is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Current {
    /// From 1; 0 is the trial.
    pub number: i64,
    /// Its first instant.
    pub starts_at: Time,
    /// The first instant behind it.
    pub ends_at: Time,
}

/// A subscription. What its words mean is not for this crate to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id; whatever it is, an insert gives a new one.
    pub id: i64,
    /// Whose.
    pub user_id: i64,
    /// Which wallet its credits go to.
    pub wallet_id: WalletId,
    /// What is subscribed to.
    pub plan: PlanKey,
    /// What it changes to at the period's end.
    pub next_plan: Option<PlanKey>,
    /// Where it stands.
    pub status: String,
    /// What happens at the period's end.
    pub then: Option<String>,
    /// Whether the period is paid for.
    pub cover: Option<String>,
    /// Since when it is past due or paused, or when it ended.
    pub since: Option<Time>,
    /// The start of the first period that is paid for.
    pub anchor_at: Time,
    /// The current period, or the last one.
    pub period: Option<Current>,
    /// Whether it began with a trial.
    pub had_trial: bool,
    /// Why it is paused.
    pub pause_reason: Option<String>,
    /// What the payment provider is asked with.
    pub billing_reference: [u8; 16],
    /// What it calls the way to pay.
    pub payment_method: Option<String>,
    /// What it calls the subscription.
    pub provider_id: Option<String>,
    /// What it calls the subscriber.
    pub provider_customer: Option<String>,
    /// What it calls that which the owner of a card has to confirm.
    pub card_setup: Option<String>,
    /// Whether it knows what happens at the period's end.
    pub is_told: bool,
    /// From 1; counts every change.
    pub revision: i64,
    /// Who asked for it.
    pub actor: String,
    /// By which request.
    pub request_id: Option<String>,
    /// What the caller's key is unique in.
    pub request_scope: Option<String>,
    /// The caller's key.
    pub request_key: Option<String>,
    /// When it was asked for.
    pub created_at: Time,
    /// When it was changed last.
    pub updated_at: Time,
}

impl Subscription {
    pub(crate) fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            user_id: row.get()?,
            wallet_id: row.get()?,
            plan: PlanKey { package_id: row.get()?, version: row.get()? },
            next_plan: plan(row)?,
            status: row.get()?,
            then: row.get()?,
            cover: row.get()?,
            since: row.get()?,
            anchor_at: row.get()?,
            period: current(row)?,
            had_trial: row.get()?,
            pause_reason: row.get()?,
            billing_reference: row.get()?,
            payment_method: row.get()?,
            provider_id: row.get()?,
            provider_customer: row.get()?,
            card_setup: row.get()?,
            is_told: row.get()?,
            revision: row.get()?,
            actor: row.get()?,
            request_id: row.get()?,
            request_scope: row.get()?,
            request_key: row.get()?,
            created_at: row.get()?,
            updated_at: row.get()?,
        })
    }
}

fn plan(row: &mut Row<'_>) -> Result<Option<PlanKey>, Error> {
    let (package_id, version): (Option<i64>, Option<i64>) = (row.get()?, row.get()?);
    Ok(package_id.zip(version).map(|(package_id, version)| PlanKey { package_id, version }))
}

fn current(row: &mut Row<'_>) -> Result<Option<Current>, Error> {
    let (number, starts_at, ends_at): (Option<i64>, Option<Time>, Option<Time>) =
        (row.get()?, row.get()?, row.get()?);
    let period = number.zip(starts_at).zip(ends_at);
    Ok(period.map(|((number, starts_at), ends_at)| Current { number, starts_at, ends_at }))
}

/// Writes a subscription that is about to begin; its id. A user who has a live one
/// breaks a constraint.
pub fn insert(new: &Subscription) -> Query<'_, i64> {
    let args = [
        new.user_id.into(),
        new.wallet_id.into(),
        new.plan.package_id.into(),
        new.plan.version.into(),
        new.anchor_at.into(),
        new.period.map(|period| period.number).into(),
        new.period.map(|period| period.starts_at).into(),
        new.period.map(|period| period.ends_at).into(),
        new.had_trial.into(),
        (&new.billing_reference).into(),
        new.payment_method.as_deref().into(),
        new.actor.as_str().into(),
        new.request_id.as_deref().into(),
        new.request_scope.as_deref().into(),
        new.request_key.as_deref().into(),
        new.created_at.into(),
    ];
    INSERT.rows(args, only)
}

/// Writes what may change of a subscription; hits no row if somebody changed it
/// since it was read.
pub fn save(row: &Subscription, at: Time) -> Change<'_> {
    SAVE.change([
        row.plan.package_id.into(),
        row.plan.version.into(),
        row.next_plan.map(|plan| plan.package_id).into(),
        row.next_plan.map(|plan| plan.version).into(),
        row.status.as_str().into(),
        row.then.as_deref().into(),
        row.cover.as_deref().into(),
        row.since.into(),
        row.anchor_at.into(),
        row.period.map(|period| period.number).into(),
        row.period.map(|period| period.starts_at).into(),
        row.period.map(|period| period.ends_at).into(),
        row.had_trial.into(),
        row.pause_reason.as_deref().into(),
        row.payment_method.as_deref().into(),
        row.provider_id.as_deref().into(),
        row.provider_customer.as_deref().into(),
        row.card_setup.as_deref().into(),
        row.is_told.into(),
        row.request_scope.as_deref().into(),
        row.request_key.as_deref().into(),
        at.into(),
        row.id.into(),
        row.revision.into(),
    ])
}

/// The subscription of that id.
pub fn by_id(id: i64) -> Query<'static, Subscription> {
    BY_ID.rows([id.into()], Subscription::read)
}

/// The subscription of a user that has not ended: one at most. It may not have
/// begun.
pub fn live(user: i64) -> Query<'static, Subscription> {
    LIVE.rows([user.into()], Subscription::read)
}

/// The subscription that a caller's key began.
pub fn by_request<'a>(scope: &'a str, key: &'a str) -> Query<'a, Subscription> {
    BY_REQUEST.rows([scope.into(), key.into()], Subscription::read)
}

/// The id of the one that the payment provider calls so.
pub fn by_provider(subscription: &str) -> Query<'_, i64> {
    BY_PROVIDER.rows([subscription.into()], only)
}

/// How many of a user's began with a trial.
pub fn had_trial(user: i64) -> Query<'static, i64> {
    HAD_TRIAL.rows([user.into()], only)
}

/// A user's, newest first, those that never began left out.
pub fn of_user(user: i64, page: Page) -> Query<'static, Subscription> {
    OF_USER.rows([user.into(), page.limit.into(), page.offset.into()], Subscription::read)
}

/// How many [`of_user`] has on all pages.
pub fn count_of_user(user: i64) -> Query<'static, i64> {
    COUNT_OF_USER.rows([user.into()], only)
}

/// Which subscriptions are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those that stand so.
    pub status: Option<String>,
    /// Only those of this package.
    pub package_id: Option<i64>,
    /// Only this user's.
    pub user_id: Option<i64>,
}

/// Everybody's, newest first.
pub fn list(filter: &Filter, page: Page) -> Query<'_, Subscription> {
    let args = [
        filter.status.as_deref().into(),
        filter.package_id.into(),
        filter.user_id.into(),
        page.limit.into(),
        page.offset.into(),
    ];
    LIST.rows(args, Subscription::read)
}

/// How many [`list`] has on all pages.
pub fn count(filter: &Filter) -> Query<'_, i64> {
    let args = [filter.status.as_deref().into(), filter.package_id.into(), filter.user_id.into()];
    COUNT.rows(args, only)
}

/// The status of a user's live subscription and the name of its package.
pub fn standing(user: i64) -> Query<'static, (String, String)> {
    STANDING.rows([user.into()], |row| Ok((row.get()?, row.get()?)))
}
