//! Grants, and what asks for them.

use app::{GrantRequest, GrantRequestTerms, GrantView, Whose};
use domain::{GrantId, GrantStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::{page, whose};
use super::input::In;
use super::output::{Decimal, Instant, Shown};
use super::scalar::{
    Amount, CostBasis, DescriptionIn, GrantStatusIn, PriorityIn, SourceIn, TextIn, TimeIn,
    UserIdIn, WholeIn,
};
use crate::extract::Form;
use crate::problem::Problem;

/// A grant to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "user_id": 7,
    "amount": 500,
    "source": "promotion",
    "description": "Welcome",
    "expires_at": "2027-01-01T00:00:00Z"
})))]
pub(crate) struct GrantBody {
    /// To whom.
    user_id: UserIdIn,
    /// How much.
    amount: Amount,
    /// Where it comes from.
    source: SourceIn,
    /// In words.
    description: DescriptionIn,
    /// 0 to 100, lower is burnt first; 50 if left out.
    priority: Option<PriorityIn>,
    /// Not spendable before; at once if left out.
    effective_at: Option<TimeIn>,
    /// Not spendable from then.
    expires_at: Option<TimeIn>,
    /// What all of it cost, in dollars.
    cost_basis: Option<CostBasis>,
}

impl Form for GrantBody {
    type Request = GrantRequest;

    fn into_request(self) -> Result<GrantRequest, Problem> {
        Ok(GrantRequest {
            whose: Whose::User(self.user_id.into_inner()),
            amount: self.amount.into_inner(),
            source: self.source.into_inner(),
            description: self.description.into_inner(),
            terms: GrantRequestTerms {
                priority: self.priority.map(|priority| priority.into_inner().0),
                effective_at: self.effective_at.map(In::into_inner),
                expires_at: self.expires_at.map(In::into_inner),
                cost: self.cost_basis.map(In::into_inner),
            },
        })
    }
}

/// Which grants.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GrantsQuery {
    /// Whose. A key names a user, here or by `external_id`.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// Whose, by the id in your system.
    #[param(value_type = Option<String>)]
    external_id: Option<TextIn>,
    /// Only those.
    #[param(value_type = Option<String>)]
    status: Option<GrantStatusIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

/// Which grants of whom, and which page of them.
pub(crate) struct GrantsAsked {
    pub(crate) whose: Whose,
    pub(crate) status: Option<GrantStatus>,
    pub(crate) page: app::Page,
}

impl Form for GrantsQuery {
    type Request = GrantsAsked;

    fn into_request(self) -> Result<GrantsAsked, Problem> {
        Ok(GrantsAsked {
            whose: whose(self.user_id, self.external_id)?,
            status: self.status.map(In::into_inner),
            page: page(self.page, self.page_size)?,
        })
    }
}

/// A bucket of credits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Grant {
    #[schema(value_type = String, examples("grant_1_42_1"))]
    id: Shown<GrantId>,
    #[schema(examples(7))]
    user_id: i64,
    #[schema(value_type = SourceIn)]
    source: &'static str,
    amount: Decimal,
    /// What is left, held credits included.
    remaining: Decimal,
    /// Reserved by open holds.
    held: Decimal,
    /// Kept back while a chargeback is open.
    frozen: Decimal,
    /// 0 to 100, lower is burnt first.
    priority: i64,
    /// Not spendable before.
    effective_at: Instant,
    /// Not spendable from then.
    expires_at: Option<Instant>,
    /// What all of it cost, in dollars.
    cost_basis: Option<Decimal>,
    #[schema(value_type = GrantStatusIn)]
    status: &'static str,
    created_at: Instant,
}

impl From<GrantView> for Grant {
    fn from(grant: GrantView) -> Self {
        Self {
            id: Shown(grant.id),
            user_id: grant.user.number(),
            source: grant.source.as_str(),
            amount: grant.amount.into(),
            remaining: grant.remaining.into(),
            held: grant.held.into(),
            frozen: grant.frozen.into(),
            priority: grant.priority,
            effective_at: Instant(grant.effective_at),
            expires_at: grant.expires_at.map(Instant),
            cost_basis: grant.cost.map(Decimal::from),
            status: grant.status.as_str(),
            created_at: Instant(grant.created_at),
        }
    }
}

/// A page of grants, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GrantList {
    grants: Vec<Grant>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<GrantView>> for GrantList {
    fn from(listed: app::Listed<GrantView>) -> Self {
        Self {
            grants: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
