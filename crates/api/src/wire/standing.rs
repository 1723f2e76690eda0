//! Users with how their credits stand, and what asks for them.

use app::{Listed, StandingFilter, StandingView};
use domain::Text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::page;
use super::input::In;
use super::output::{Decimal, Instant, Shown};
use super::scalar::{SearchIn, StatusIn, WholeIn};
use crate::extract::Form;
use crate::problem::Problem;

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StandingsQuery {
    /// Only those who stand so: `active`, `paused` or `suspended`.
    #[param(value_type = Option<String>)]
    status_filter: Option<StatusIn>,
    /// Only those with this in their address or name, whatever its case.
    #[param(value_type = Option<String>)]
    search: Option<SearchIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

/// Which users, and which page of them.
pub(crate) struct StandingsAsked {
    pub(crate) filter: StandingFilter,
    pub(crate) page: app::Page,
}

impl Form for StandingsQuery {
    type Request = StandingsAsked;

    fn into_request(self) -> Result<StandingsAsked, Problem> {
        Ok(StandingsAsked {
            filter: StandingFilter {
                status: self.status_filter.map(In::into_inner),
                search: self.search.and_then(|In(search)| search.0),
            },
            page: page(self.page, self.page_size)?,
        })
    }
}

/// A user with how their credits stand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserCreditStatus {
    #[schema(examples(7))]
    user_id: i64,
    #[schema(examples("ada@example.com"))]
    email: String,
    #[schema(value_type = String)]
    name: Shown<Text>,
    /// All credits, held and frozen ones included.
    credits: Decimal,
    /// `active`, `paused` or `suspended`.
    #[schema(examples("active"))]
    credit_status: &'static str,
    /// Of the subscription they have, if it has begun and not ended.
    subscription_status: Option<&'static str>,
    /// The name of the package they subscribed to.
    package: Option<String>,
    last_transaction_at: Option<Instant>,
    /// When the user was made.
    created_at: Instant,
}

impl From<StandingView> for UserCreditStatus {
    fn from(standing: StandingView) -> Self {
        Self {
            user_id: standing.user.number(),
            email: standing.email.as_str().to_owned(),
            name: Shown(standing.name),
            credits: standing.credits.into(),
            credit_status: standing.status.as_str(),
            subscription_status: standing.subscription.as_ref().map(|(status, _)| status.as_str()),
            package: standing.subscription.map(|(_, package)| package),
            last_transaction_at: standing.last_transaction_at.map(Instant),
            created_at: Instant(standing.created_at),
        }
    }
}

/// A page of users with how their credits stand, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserCreditStatusList {
    /// For people.
    #[schema(examples("Found 2 users."))]
    message: String,
    users: Vec<UserCreditStatus>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<Listed<StandingView>> for UserCreditStatusList {
    fn from(listed: Listed<StandingView>) -> Self {
        let message = match listed.total {
            1 => "Found 1 user.".to_owned(),
            total => format!("Found {total} users."),
        };
        Self {
            message,
            users: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
