//! Subscriptions, and what asks for them.

use app::{
    CardSetup, ChangeRequest, Listed, PeriodGrant, SubscribeRequest, SubscriptionFilter,
    SubscriptionView, Turn, TurnRequest,
};
use domain::{Reason, SubscriptionId};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::{owner, page, whose};
use super::input::In;
use super::output::{Decimal, Instant};
use super::package::CreditPackage;
use super::scalar::{
    PackageIdIn, PaymentMethodIn, ReasonIn, SubscriptionStatusIn, TextIn, UserIdIn, WholeIn,
};
use crate::extract::Form;
use crate::problem::Problem;

/// A subscription that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"package_id": 2, "payment_method": "pm_test", "user_id": 7})))]
pub(crate) struct SubscribeBody {
    /// For whom. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
    /// To which package.
    package_id: PackageIdIn,
    /// How it is paid, in the payment provider's word; as it has it if left out.
    payment_method: Option<PaymentMethodIn>,
}

impl Form for SubscribeBody {
    type Request = SubscribeRequest;

    fn into_request(self) -> Result<SubscribeRequest, Problem> {
        Ok(SubscribeRequest {
            whose: owner(self.user_id),
            package: self.package_id.into_inner(),
            payment_method: self.payment_method.map(In::into_inner),
        })
    }
}

/// Another package that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"package_id": 3, "user_id": 7})))]
pub(crate) struct ChangeBody {
    /// Whose subscription. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
    /// To which package.
    package_id: PackageIdIn,
}

impl Form for ChangeBody {
    type Request = ChangeRequest;

    fn into_request(self) -> Result<ChangeRequest, Problem> {
        let package = self.package_id.into_inner();
        Ok(ChangeRequest { whose: owner(self.user_id), package })
    }
}

/// Whose subscription it is that something is done to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"user_id": 7})))]
pub(crate) struct OfUserBody {
    /// Whose. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
}

impl Form for OfUserBody {
    type Request = app::Whose;

    fn into_request(self) -> Result<app::Whose, Problem> {
        Ok(owner(self.user_id))
    }
}

/// A pause that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"reason": "On holiday", "user_id": 7})))]
pub(crate) struct PauseBody {
    /// Whose subscription. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
    /// Why.
    reason: Option<ReasonIn>,
}

impl Form for PauseBody {
    type Request = TurnRequest;

    fn into_request(self) -> Result<TurnRequest, Problem> {
        let turn = Turn::Pause { reason: self.reason.map(In::into_inner) };
        Ok(TurnRequest { whose: owner(self.user_id), turn })
    }
}

/// Why a period's credits are given that nobody paid for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"reason": "Paid by bank transfer"})))]
pub(crate) struct PeriodGrantBody {
    /// For the audit log.
    reason: ReasonIn,
}

/// The credits of a period of a subscription that is known later.
pub(crate) struct PeriodGrantAsked(Reason);

impl PeriodGrantAsked {
    /// Of that one.
    pub(crate) fn of(self, id: SubscriptionId) -> PeriodGrant {
        PeriodGrant { id, reason: self.0 }
    }
}

impl Form for PeriodGrantBody {
    type Request = PeriodGrantAsked;

    fn into_request(self) -> Result<PeriodGrantAsked, Problem> {
        Ok(PeriodGrantAsked(self.reason.into_inner()))
    }
}

/// Whose subscriptions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OwnSubscriptionsQuery {
    /// Whose. A key names a user, here or by `external_id`.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// Whose, by the id in your system.
    #[param(value_type = Option<String>)]
    external_id: Option<TextIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

impl Form for OwnSubscriptionsQuery {
    type Request = (app::Whose, app::Page);

    fn into_request(self) -> Result<Self::Request, Problem> {
        Ok((whose(self.user_id, self.external_id)?, page(self.page, self.page_size)?))
    }
}

/// Which subscriptions: all of what is said must fit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SubscriptionsQuery {
    /// Only those that stand so: `trial`, `active`, `past_due`, `paused`, `cancelled` or
    /// `expired`.
    #[param(value_type = Option<String>)]
    status: Option<SubscriptionStatusIn>,
    /// Only those to this package.
    #[param(value_type = Option<i64>)]
    package_id: Option<PackageIdIn>,
    /// Only this user's.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

impl Form for SubscriptionsQuery {
    type Request = (SubscriptionFilter, app::Page);

    fn into_request(self) -> Result<Self::Request, Problem> {
        let filter = SubscriptionFilter {
            status: self.status.map(In::into_inner),
            package: self.package_id.map(In::into_inner),
            user: self.user_id.map(In::into_inner),
        };
        Ok((filter, page(self.page, self.page_size)?))
    }
}

/// A subscription.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserSubscription {
    #[schema(examples(1))]
    id: i64,
    #[schema(examples(7))]
    user_id: i64,
    package_id: i64,
    /// `trial`, `active`, `past_due`, `paused`, `cancelled` or `expired`.
    #[schema(examples("active"))]
    status: &'static str,
    start_date: Instant,
    /// When the current period ends: the next one is billed then, unless it is paused or
    /// ends.
    next_billing_date: Instant,
    /// When it ended, or will.
    end_date: Option<Instant>,
    /// The credits of a month.
    monthly_credit_limit: Decimal,
    /// What of the current period's credits is used.
    current_month_credits: Decimal,
    /// What was given anew when the current period began.
    rollover_credits: Decimal,
    /// Whether it is paused, or will be at the period's end.
    is_paused: bool,
    pause_reason: Option<String>,
    /// Never told to customers.
    admin_notes: Option<String>,
    stripe_subscription_id: Option<String>,
    stripe_customer_id: Option<String>,
    /// The last one.
    stripe_invoice_id: Option<String>,
    created_at: Instant,
    updated_at: Option<Instant>,
    package: CreditPackage,
    /// What it changes to at the period's end.
    next_package: Option<NextPackage>,
    current_period: SubscriptionSpan,
    /// `renew`, `pause` or `end`: what happens at the period's end.
    at_period_end: Option<&'static str>,
    trial_ends_at: Option<Instant>,
    /// Since when it is past due or paused, or when it ended.
    status_since: Option<Instant>,
    /// While no card is confirmed that pays behind a trial: what its owner does, in it and
    /// while the month behind it is past due. It is told when they subscribe and in
    /// `current`, to who may spend or give their credits.
    card_setup: Option<CardToConfirm>,
}

/// A card to name or to confirm, so that it pays while its owner is away.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CardToConfirm {
    /// How far it is, in the provider's words: `requires_payment_method`,
    /// `requires_confirmation`, `requires_action` or `processing`.
    #[schema(value_type = String, examples("requires_action"))]
    setup_status: &'static str,
    /// What the client's own page confirms the setup intent with.
    #[schema(examples("seti_3Pq9_secret_x"))]
    client_secret: Option<String>,
    /// Why the last card was refused.
    #[schema(examples("card_declined (insufficient_funds)"))]
    decline_reason: Option<String>,
}

impl From<CardSetup> for CardToConfirm {
    fn from(setup: CardSetup) -> Self {
        Self {
            setup_status: setup.status,
            client_secret: setup.client_secret.map(|it| it.expose_secret().to_owned()),
            decline_reason: setup.declined.map(|it| it.to_string()),
        }
    }
}

/// What a subscription changes to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NextPackage {
    package_id: i64,
    #[schema(examples("Starter"))]
    name: String,
    version: i64,
}

/// From an instant to the one the next one begins at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionSpan {
    /// From 1; 0 is the trial.
    number: i64,
    starts_at: Instant,
    ends_at: Instant,
}

impl From<SubscriptionView> for UserSubscription {
    fn from(view: SubscriptionView) -> Self {
        Self {
            id: view.id.number(),
            user_id: view.user.number(),
            package_id: view.package.id.number(),
            status: view.status.as_str(),
            start_date: Instant(view.created_at),
            next_billing_date: Instant(view.period.ends_at),
            end_date: view.ended_at().map(Instant),
            monthly_credit_limit: view.package.terms.credit_amount.into(),
            current_month_credits: view.figures.used.into(),
            rollover_credits: view.figures.rollover.into(),
            is_paused: view.is_paused(),
            pause_reason: view.pause_reason,
            admin_notes: None,
            stripe_subscription_id: view.provider_subscription,
            stripe_customer_id: view.provider_customer,
            stripe_invoice_id: view.figures.invoice,
            created_at: Instant(view.created_at),
            updated_at: Some(Instant(view.updated_at)),
            package: view.package.into(),
            next_package: view.next.map(|next| NextPackage {
                package_id: next.id.number(),
                name: next.name.to_string(),
                version: next.version,
            }),
            current_period: SubscriptionSpan {
                number: view.period.number,
                starts_at: Instant(view.period.starts_at),
                ends_at: Instant(view.period.ends_at),
            },
            at_period_end: view.then.map(at_period_end),
            trial_ends_at: view.trial_ends_at.map(Instant),
            status_since: view.since.map(Instant),
            card_setup: view.card_setup.map(Into::into),
        }
    }
}

const fn at_period_end(then: domain::Then) -> &'static str {
    if then.ends() { domain::Then::End.as_str() } else { then.as_str() }
}

/// A page of subscriptions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionList {
    subscriptions: Vec<UserSubscription>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<Listed<SubscriptionView>> for SubscriptionList {
    fn from(listed: Listed<SubscriptionView>) -> Self {
        Self {
            subscriptions: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
