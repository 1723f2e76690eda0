//! Summaries of a user's credits and of the book, and what asks for them.

use app::{MonthView, SummaryView, SystemView, Whose};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::whose;
use super::output::{Decimal, Instant};
use super::scalar::{TextIn, UserIdIn};
use super::subscription::UserSubscription;
use crate::extract::Form;
use crate::problem::Problem;

/// Whose summary.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SummaryQuery {
    /// Whose. A key names a user, here or by `external_id`.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// Whose, by the id in your system.
    #[param(value_type = Option<String>)]
    external_id: Option<TextIn>,
}

impl Form for SummaryQuery {
    type Request = Whose;

    fn into_request(self) -> Result<Whose, Problem> {
        whose(self.user_id, self.external_id)
    }
}

/// What a user has, and what they did with it this month. The month began on
/// its 1st at 00:00 UTC; a transaction belongs to the month it was recorded in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserCreditSummary {
    #[schema(examples(7))]
    user_id: i64,
    /// All credits, held and frozen ones included.
    current_balance: Decimal,
    /// `active`, `paused` or `suspended`.
    #[schema(examples("active"))]
    credit_status: &'static str,
    /// Everything that came in.
    monthly_credits_added: Decimal,
    /// What services cost, by spend or capture; not negative.
    monthly_credits_spent: Decimal,
    /// What expired, was removed, clawed back or paid to a debt; not negative.
    monthly_credits_removed: Decimal,
    /// Added less spent and removed: how the balance changed.
    monthly_net_change: Decimal,
    /// The one they have, if it has begun and not ended.
    subscription: Option<UserSubscription>,
    /// How many there were this month.
    total_transactions: i64,
    /// What one credit costs, in dollars.
    credit_rate: Decimal,
    /// What was spent this month at that rate, in dollars, rounded half-even to
    /// the cent.
    estimated_monthly_cost: Decimal,
    month_starts_at: Instant,
}

impl From<SummaryView> for UserCreditSummary {
    fn from(summary: SummaryView) -> Self {
        let MonthView { starts_at, added, spent, removed, net_change, transactions, cents } =
            summary.month;
        Self {
            user_id: summary.user.number(),
            current_balance: summary.balance.into(),
            credit_status: summary.status.as_str(),
            monthly_credits_added: Decimal::of_micros(added),
            monthly_credits_spent: Decimal::of_micros(spent),
            monthly_credits_removed: Decimal::of_micros(removed),
            monthly_net_change: Decimal::of_micros(net_change),
            subscription: summary.subscription.map(Into::into),
            total_transactions: transactions,
            credit_rate: summary.rate.into(),
            estimated_monthly_cost: Decimal::of_cents(cents),
            month_starts_at: Instant(starts_at),
        }
    }
}

/// The book as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemCreditSummary {
    total_users: i64,
    /// Users with more than nothing.
    users_with_credits: i64,
    /// All credits of all users.
    total_credits: Decimal,
    /// What they are worth at the base rate, in dollars, rounded half-even to
    /// the cent.
    total_value_usd: Decimal,
    /// Transactions of all users in the last 24 hours, to the minute.
    recent_transactions_24h: i64,
    credit_status_distribution: StatusDistribution,
    /// What one credit costs, in dollars.
    credit_rate: Decimal,
}

/// How many users stand how: each is counted once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusDistribution {
    active: i64,
    paused: i64,
    suspended: i64,
}

impl From<SystemView> for SystemCreditSummary {
    fn from(system: SystemView) -> Self {
        let SystemView { users, paused, suspended, .. } = system;
        let others = paused.saturating_add(suspended);
        Self {
            total_users: users,
            users_with_credits: system.with_credits,
            total_credits: Decimal::of_micros(system.credits),
            total_value_usd: Decimal::of_cents(system.cents),
            recent_transactions_24h: system.recent_transactions,
            credit_status_distribution: StatusDistribution {
                active: users.saturating_sub(others),
                paused,
                suspended,
            },
            credit_rate: system.rate.into(),
        }
    }
}
