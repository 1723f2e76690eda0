//! What the periods of a subscription cost and gave, and what an action on it would.

use app::{
    Listed, PreviewAction, PreviewHindrance, PreviewRequest, SubscriptionPeriod as Period,
    SubscriptionPreview as Preview, SubscriptionRefusal,
};
use domain::{Currency, PackageId, PaymentIntent, Status, TxId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::{owner, page};
use super::input::In;
use super::output::{Decimal, Instant, Shown};
use super::scalar::{PackageIdIn, UserIdIn, WholeIn, one_of};
use crate::extract::Form;
use crate::problem::Problem;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeriodsQuery {
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

impl Form for PeriodsQuery {
    type Request = app::Page;

    fn into_request(self) -> Result<app::Page, Problem> {
        page(self.page, self.page_size)
    }
}

/// A trial, a month or an upgrade within one: what it cost and what it gave.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionPeriod {
    #[schema(examples(1))]
    id: i64,
    subscription_id: i64,
    /// `trial`, `period` or `upgrade`.
    #[schema(examples("period"))]
    kind: &'static str,
    starts_at: Instant,
    ends_at: Instant,
    package_id: i64,
    package_version: i64,
    /// Dollars.
    price: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    credits: Decimal,
    /// What expired at its start and was given anew beside.
    rollover_credits: Decimal,
    /// `collecting`, `granting`, `granted`, `failed` or `void`.
    #[schema(examples("granted"))]
    status: &'static str,
    stripe_invoice_id: Option<String>,
    /// The payment of it, by which its money is given back.
    #[schema(value_type = Option<String>, examples("pi_3Pq9"))]
    stripe_payment_intent_id: Option<Shown<PaymentIntent>>,
    /// Tries to pay that failed.
    failed_payments: i64,
    paid_at: Option<Instant>,
    credits_expire_at: Option<Instant>,
    /// The transaction that gave the credits.
    #[schema(value_type = Option<String>, examples("tx_1_42"))]
    transaction_id: Option<Shown<TxId>>,
}

impl From<Period> for SubscriptionPeriod {
    fn from(period: Period) -> Self {
        Self {
            id: period.id,
            subscription_id: period.subscription.number(),
            kind: period.kind,
            starts_at: Instant(period.starts_at),
            ends_at: Instant(period.ends_at),
            package_id: period.package.number(),
            package_version: period.package_version,
            price: period.price.into(),
            currency: Shown(period.currency),
            credits: period.credits.into(),
            rollover_credits: period.rollover.into(),
            status: period.state,
            stripe_invoice_id: period.invoice,
            stripe_payment_intent_id: period.payment.map(Shown),
            failed_payments: period.failures,
            paid_at: period.paid_at.map(Instant),
            credits_expire_at: period.expires_at.map(Instant),
            transaction_id: period.transaction.map(Shown),
        }
    }
}

/// A page of periods, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionPeriodList {
    periods: Vec<SubscriptionPeriod>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<Listed<Period>> for SubscriptionPeriodList {
    fn from(listed: Listed<Period>) -> Self {
        Self {
            periods: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}

/// An action that is thought of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"action": "subscribe", "package_id": 2, "user_id": 7})))]
pub(crate) struct PreviewBody {
    /// Whose subscription. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
    /// `subscribe`, `change`, `cancel`, `undo_cancel`, `pause` or `resume`.
    action: String,
    /// The package, of `subscribe` and `change`.
    package_id: Option<PackageIdIn>,
}

impl Form for PreviewBody {
    type Request = PreviewRequest;

    fn into_request(self) -> Result<PreviewRequest, Problem> {
        let package = self.package_id.map(In::into_inner);
        let action = action(&self.action, package)?;
        Ok(PreviewRequest { whose: owner(self.user_id), action })
    }
}

const ACTIONS: [&str; 6] = ["subscribe", "change", "cancel", "undo_cancel", "pause", "resume"];

fn action(word: &str, package: Option<PackageId>) -> Result<PreviewAction, Problem> {
    let needed = || Problem::invalid_at("/package_id", "is needed with this action");
    let plain = |action| match package {
        None => Ok(action),
        Some(_) => Err(Problem::invalid_at("/package_id", "does not go with this action")),
    };
    match word {
        "subscribe" => package.map(PreviewAction::Subscribe).ok_or_else(needed),
        "change" => package.map(PreviewAction::Change).ok_or_else(needed),
        "cancel" => plain(PreviewAction::Cancel),
        "undo_cancel" => plain(PreviewAction::UndoCancel),
        "pause" => plain(PreviewAction::Pause),
        "resume" => plain(PreviewAction::Resume),
        _ => Err(Problem::invalid_at("/action", one_of(&ACTIONS))),
    }
}

/// What an action would do. It changes nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionPreview {
    /// Whether it would go through.
    can_proceed: bool,
    /// Why it would not.
    reason: Option<String>,
    /// When it takes effect.
    effective_at: Instant,
    /// Where the subscription stands once it is asked for.
    status: &'static str,
    package_id: i64,
    package_name: String,
    /// What is paid at once, in dollars.
    price_now: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    /// What is given at once.
    credits_now: Decimal,
    credits_expire_at: Option<Instant>,
    /// What is billed next, if anything is.
    next: Option<NextBill>,
}

/// What is billed next.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NextBill {
    at: Instant,
    /// Dollars.
    price: Decimal,
    credits: Decimal,
}

impl From<Preview> for SubscriptionPreview {
    fn from(preview: Preview) -> Self {
        let (package, name) = preview.package;
        Self {
            can_proceed: preview.hindrance.is_none(),
            reason: preview.hindrance.map(reason),
            effective_at: Instant(preview.at),
            status: preview.status.as_str(),
            package_id: package.number(),
            package_name: name.to_string(),
            price_now: preview.price.into(),
            currency: Shown(preview.currency),
            credits_now: preview.credits.into(),
            credits_expire_at: preview.credits_expire_at.map(Instant),
            next: preview.next.map(|next| NextBill {
                at: Instant(next.at),
                price: next.price.into(),
                credits: next.credits.into(),
            }),
        }
    }
}

/// What stands in the way, for people.
fn reason(hindrance: PreviewHindrance) -> String {
    match hindrance {
        PreviewHindrance::Subscription(SubscriptionRefusal::Exists) => {
            "There is a subscription already.".to_owned()
        }
        PreviewHindrance::Subscription(SubscriptionRefusal::State(error)) => {
            let words = error.to_string();
            format!("{}{}.", words[..1].to_uppercase(), &words[1..])
        }
        PreviewHindrance::Account(Status::Suspended) => "The account is suspended.".to_owned(),
        PreviewHindrance::Account(_) => "The account is paused.".to_owned(),
        PreviewHindrance::PaymentsNotSetUp => "Payments are not set up here.".to_owned(),
    }
}
