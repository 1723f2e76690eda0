//! Subscriptions as they are shown: one statement has all that a balance says of one.
//! This module must not know what of a period is used.

use crate::error::Error;
use crate::packages::Package;
use crate::query::{Query, Sql};
use crate::row::Row;
use crate::subscription_periods::{self, Period};
use crate::subscriptions::{self, Subscription};

/// With the package by the terms that are kept, the name of the next one, and a row
/// for each period from the current one on, or one without. Each star is the list of the
/// select it is of.
macro_rules! shown {
    ($which:literal) => {
        concat!(
            "SELECT s.*, p.id, p.name, v.version, p.is_active, p.is_featured, p.sort_order,
                p.stripe_product_id, p.created_at, p.updated_at, v.description, v.monthly_price,
                v.currency, v.credit_amount, v.credit_rate, v.features, v.max_credits_per_month,
                v.rollover_enabled, v.stripe_price_id, v.trial_days, v.trial_credits,
                n.name AS next_name, r.*
            FROM (",
            subscriptions::select!($which),
            ") AS s
            JOIN packages p ON p.id = s.package_id
            JOIN package_versions v
                ON v.package_id = s.package_id AND v.version = s.package_version
            LEFT JOIN packages n ON n.id = s.next_package_id
            LEFT JOIN (",
            subscription_periods::select!(""),
            ") AS r ON r.subscription_id = s.id AND r.starts_at >= s.period_starts_at
            ORDER BY r.starts_at"
        )
    };
}

const BY_ID: Sql = Sql::both("shown_subscriptions.by_id", shown!("WHERE id = $1"));

const LIVE: Sql = Sql::each(
    "shown_subscriptions.live",
    shown!("WHERE user_id = ANY($1) AND status NOT IN ('cancelled', 'expired')"),
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&BY_ID, &LIVE];

/// A subscription with one of its periods, and what they name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The subscription.
    pub subscription: Subscription,
    /// What is subscribed to, by the terms that are kept.
    pub package: Package,
    /// What people call that which it changes to.
    pub next_name: Option<String>,
    /// One of its periods, the current one or a later one, if there is any.
    pub period: Option<Period>,
}

impl Shown {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            subscription: Subscription::read(row)?,
            package: Package::read(row)?,
            next_name: row.get()?,
            period: row.rest(Period::read)?,
        })
    }
}

/// The subscription of that id, a row for each of its periods from the current one on,
/// oldest first.
pub fn by_id(id: i64) -> Query<'static, Shown> {
    BY_ID.rows([id.into()], Shown::read)
}

/// The same of those of users that have not ended: one at most each. It may not have
/// begun.
pub fn live(users: impl IntoIterator<Item = i64>) -> Query<'static, Shown> {
    LIVE.rows_of_each([], users, Shown::read)
}
