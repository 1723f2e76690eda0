//! A balance, and what asks for it.

use app::{BalanceRequest, BalanceView, Expiring, Present, SubscriptionView, Whose};
use domain::{Credits, Seq, Time, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::whose;
use super::input::In;
use super::output::{Decimal, Instant};
use super::scalar::{TextIn, TimeIn, UserIdIn, WholeIn};
use super::subscription::UserSubscription;
use crate::extract::Form;
use crate::problem::Problem;

/// Which balance.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BalanceQuery {
    /// Whose. A key names a user, here or by `external_id`.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// Whose, by the id in your system.
    #[param(value_type = Option<String>)]
    external_id: Option<TextIn>,
    /// As it was at that instant.
    #[param(value_type = Option<String>)]
    at: Option<TimeIn>,
    /// Not before the journal has this record; waits at most 2 s.
    #[param(value_type = Option<i64>, minimum = 0)]
    min_seq: Option<WholeIn>,
}

impl Form for BalanceQuery {
    type Request = BalanceRequest;

    fn into_request(self) -> Result<BalanceRequest, Problem> {
        Ok(BalanceRequest {
            whose: whose(self.user_id, self.external_id)?,
            at: self.at.map(In::into_inner),
            min_seq: self.min_seq.map(|In(seq)| Seq::from(seq)),
        })
    }
}

/// Which balance of the user in the path.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserBalanceQuery {
    /// As it was at that instant.
    #[param(value_type = Option<String>)]
    at: Option<TimeIn>,
    /// Not before the journal has this record; waits at most 2 s.
    #[param(value_type = Option<i64>, minimum = 0)]
    min_seq: Option<WholeIn>,
}

/// Which balance of a user that is known later.
pub(crate) struct UserBalanceAsked {
    at: Option<Time>,
    min_seq: Option<Seq>,
}

impl Form for UserBalanceQuery {
    type Request = UserBalanceAsked;

    fn into_request(self) -> Result<UserBalanceAsked, Problem> {
        Ok(UserBalanceAsked {
            at: self.at.map(In::into_inner),
            min_seq: self.min_seq.map(|In(seq)| Seq::from(seq)),
        })
    }
}

impl UserBalanceAsked {
    /// That of this user.
    pub(crate) fn of(self, user: UserId) -> BalanceRequest {
        BalanceRequest { whose: Whose::User(user), at: self.at, min_seq: self.min_seq }
    }
}

/// What a user has. At a past instant only `current_credits` is known; what is
/// of the present alone is null.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreditBalance {
    #[schema(examples(7))]
    user_id: i64,
    /// All credits, held and frozen ones included.
    current_credits: Decimal,
    /// `active`, `paused` or `suspended`.
    #[schema(value_type = Option<String>, examples("active"))]
    credit_status: Option<&'static str>,
    /// The one they have, if it has begun and not ended.
    subscription: Option<UserSubscription>,
    /// When the next period is billed, if one is.
    next_billing_date: Option<Instant>,
    /// What may be spent or held now.
    available: Option<Decimal>,
    /// Reserved by holds.
    held: Option<Decimal>,
    /// In frozen grants.
    frozen: Option<Decimal>,
    /// Owed; paid first by whatever comes in.
    debt: Option<Decimal>,
    /// What expires first.
    expiring_next: Option<ExpiringNext>,
    /// The last record of the journal it is made from.
    as_of_seq: i64,
    /// The instant it is of.
    at: Instant,
}

/// Credits that expire first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpiringNext {
    amount: Decimal,
    at: Instant,
}

impl From<Expiring> for ExpiringNext {
    fn from(expiring: Expiring) -> Self {
        Self { amount: expiring.amount.into(), at: Instant(expiring.at) }
    }
}

impl From<BalanceView> for CreditBalance {
    fn from(balance: BalanceView) -> Self {
        let present = balance.present;
        let subscription = balance.subscription.as_ref();
        let next_billing_at = subscription.and_then(SubscriptionView::next_billing_at);
        let credits =
            |of: fn(Present) -> Credits| present.map(|present| Decimal::from(of(present)));
        Self {
            user_id: balance.user.number(),
            current_credits: balance.current.into(),
            credit_status: present.map(|present| present.status.as_str()),
            next_billing_date: next_billing_at.map(Instant),
            subscription: balance.subscription.map(Into::into),
            available: credits(|present| present.available),
            held: credits(|present| present.held),
            frozen: credits(|present| present.frozen),
            debt: credits(|present| present.debt),
            expiring_next: present.and_then(|present| present.expiring_next).map(Into::into),
            as_of_seq: balance.as_of_seq.number(),
            at: Instant(balance.at),
        }
    }
}
