//! Refunds and chargebacks, and what asks for a refund.

use app::{RefundOf, RefundRequest, ReversalView};
use domain::{Cents, Currency, MissingCredits, PurchaseId, ReversalKind, ReversalState};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::Schema;
use utoipa::{IntoParams, ToSchema};

use super::charge::page;
use super::input::{In, Wire, number, text};
use super::output::{Decimal, Instant, Shown};
use super::scalar::{DescriptionIn, PaymentIntentIn, ReasonIn, WholeIn, one_of};
use crate::extract::Form;
use crate::problem::Problem;

type RefundAmountIn = In<RefundAmount>;
type ReversalKindIn = In<ReversalKind>;

/// Money that goes back: more than nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RefundAmount(Cents);

impl Wire for RefundAmount {
    const NAME: &'static str = "RefundAmount";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, |digits| match digits.parse::<Cents>() {
            Ok(amount) if amount > Cents::ZERO => Ok(Self(amount)),
            Ok(_) => Err("must be more than 0".to_owned()),
            Err(error) => Err(error.to_string()),
        })
    }

    fn schema() -> Schema {
        super::scalar::decimal("Dollars: more than 0, with at most 2 decimals.", "9.5")
    }
}

/// A refund of a purchase.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"amount": 5, "reason": "Bought twice", "admin_notes": "Ticket 12"})))]
pub(crate) struct RefundBody {
    /// Dollars; all that is left of the payment if left out.
    amount: Option<RefundAmountIn>,
    /// Whether credits that went with the money and are spent are owed. If not,
    /// they are let go.
    owe_shortfall: Option<bool>,
    /// Why: the buyer reads it beside the credits that are taken back.
    reason: ReasonIn,
    /// For the audit log alone: no customer sees it.
    admin_notes: Option<DescriptionIn>,
}

impl RefundBody {
    /// Of which purchase.
    pub(crate) fn of(self, purchase: PurchaseId) -> RefundRequest {
        let Self { amount, owe_shortfall, reason, admin_notes } = self;
        RefundRequest {
            of: RefundOf::Purchase(purchase),
            amount: amount.map(|In(RefundAmount(amount))| amount),
            missing: missing(owe_shortfall),
            reason: reason.into_inner(),
            admin_notes: admin_notes.map(In::into_inner),
        }
    }
}

impl Form for RefundBody {
    type Request = Self;

    fn into_request(self) -> Result<Self, Problem> {
        Ok(self)
    }
}

/// A refund of a payment, whatever it was for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"payment_intent_id": "pi_3Pq9", "amount": 5, "reason": "Bought twice"})))]
pub(crate) struct PaymentRefundBody {
    /// The payment.
    payment_intent_id: PaymentIntentIn,
    /// Dollars; all that is left of the payment if left out.
    amount: Option<RefundAmountIn>,
    /// Whether credits that went with the money and are spent are owed.
    owe_shortfall: Option<bool>,
    /// Why: the buyer reads it beside the credits that are taken back.
    reason: ReasonIn,
    /// For the audit log alone: no customer sees it.
    admin_notes: Option<DescriptionIn>,
}

impl Form for PaymentRefundBody {
    type Request = RefundRequest;

    fn into_request(self) -> Result<RefundRequest, Problem> {
        Ok(RefundRequest {
            of: RefundOf::Payment(self.payment_intent_id.into_inner()),
            amount: self.amount.map(|In(RefundAmount(amount))| amount),
            missing: missing(self.owe_shortfall),
            reason: self.reason.into_inner(),
            admin_notes: self.admin_notes.map(In::into_inner),
        })
    }
}

const fn missing(owe_shortfall: Option<bool>) -> MissingCredits {
    match owe_shortfall {
        Some(true) => MissingCredits::Owed,
        Some(false) | None => MissingCredits::Forgiven,
    }
}

impl Wire for ReversalKind {
    const NAME: &'static str = "ReversalKind";

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text(from, |word| Self::parse(word).ok_or_else(|| one_of(&Self::ALL.map(Self::as_str))))
    }

    fn schema() -> Schema {
        super::scalar::word("A refund or a chargeback.", Self::ALL.map(Self::as_str))
    }
}

/// Which refunds and chargebacks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReversalsQuery {
    /// Only those.
    #[param(value_type = Option<String>)]
    kind: Option<ReversalKindIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

/// Which refunds and chargebacks, and which page of them.
pub(crate) struct ReversalsAsked {
    pub(crate) kind: Option<ReversalKind>,
    pub(crate) page: app::Page,
}

impl Form for ReversalsQuery {
    type Request = ReversalsAsked;

    fn into_request(self) -> Result<ReversalsAsked, Problem> {
        Ok(ReversalsAsked {
            kind: self.kind.map(In::into_inner),
            page: page(self.page, self.page_size)?,
        })
    }
}

/// Money of a payment that goes back: a refund or a chargeback.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reversal {
    #[schema(examples(3))]
    id: i64,
    #[schema(value_type = ReversalKindIn)]
    kind: &'static str,
    /// Of a refund `pending`, `succeeded`, `failed` or `declined`; of a chargeback
    /// `opened`, `lost` or `won`.
    #[schema(value_type = String, examples("succeeded"))]
    status: &'static str,
    #[schema(examples("pi_3Pq9"))]
    payment_intent_id: String,
    #[schema(examples(7))]
    user_id: i64,
    /// Dollars.
    amount: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    /// Credits that went with it, what is owed included, less what came again.
    credits_taken: Decimal,
    /// Whether credits that are not there any more are owed.
    owe_shortfall: bool,
    /// Why, in words of staff.
    reason: Option<String>,
    /// Why the payment provider declined.
    declined_reason: Option<String>,
    /// What the payment provider calls it.
    #[schema(examples("re_3Pq9"))]
    provider_id: Option<String>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<ReversalView> for Reversal {
    fn from(view: ReversalView) -> Self {
        Self {
            id: view.id.number(),
            kind: view.kind.as_str(),
            status: status(view.kind, view.state),
            payment_intent_id: view.intent.to_string(),
            user_id: view.user.number(),
            amount: view.amount.into(),
            currency: Shown(view.currency),
            credits_taken: view.taken.into(),
            owe_shortfall: view.missing == MissingCredits::Owed,
            reason: view.reason,
            declined_reason: view.declined,
            provider_id: view.provider_id,
            created_at: Instant(view.created_at),
            updated_at: Instant(view.updated_at),
        }
    }
}

/// The words people know.
const fn status(kind: ReversalKind, state: ReversalState) -> &'static str {
    match (kind, state) {
        (_, ReversalState::Asking) => "pending",
        (_, ReversalState::Opened) => "opened",
        (_, ReversalState::Declined) => "declined",
        (ReversalKind::Refund, ReversalState::Returned) => "succeeded",
        (ReversalKind::Refund, ReversalState::Kept) => "failed",
        (ReversalKind::Chargeback, ReversalState::Returned) => "lost",
        (ReversalKind::Chargeback, ReversalState::Kept) => "won",
    }
}

/// A page of refunds and chargebacks, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReversalList {
    reversals: Vec<Reversal>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<ReversalView>> for ReversalList {
    fn from(listed: app::Listed<ReversalView>) -> Self {
        Self {
            reversals: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}

/// What the payment provider said of a payment's money.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Synced {
    /// False while the credits that would go back are not there yet.
    is_settled: bool,
    /// All of the payment, oldest first.
    reversals: Vec<Reversal>,
}

impl From<(app::Synced, Vec<ReversalView>)> for Synced {
    fn from((synced, reversals): (app::Synced, Vec<ReversalView>)) -> Self {
        Self {
            is_settled: synced == app::Synced::Done,
            reversals: reversals.into_iter().map(Into::into).collect(),
        }
    }
}
