//! Holds, and what asks for them.

use app::{
    CaptureRequest, Captured, ExtendRequest, HoldRequest, HoldRequestTerms, HoldView, Particulars,
    Whose,
};
use domain::{Completion, HoldId, HoldStatus, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::{capture_charge, charge, owner, page, whose};
use super::collection::{LabelsIn, MetadataIn, QuantitiesIn};
use super::input::In;
use super::output::{Decimal, Dictionary, Instant, Shown, Verbatim, dictionary};
use super::scalar::{
    Amount, DescriptionIn, HoldIdIn, HoldStatusIn, OnExpiryIn, OverCaptureIn, Seconds, SecondsIn,
    ServiceKeyIn, TextIn, TimeIn, UserIdIn, WholeIn,
};
use super::transaction::CreditTransaction;
use crate::extract::Form;
use crate::problem::Problem;

/// A hold to be placed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "user_id": 7,
    "service": "llm",
    "quantities": {"input_tokens": 1500, "output_tokens": 4000},
    "job_id": "run-7",
    "expires_in": 600
})))]
pub(crate) struct HoldBody {
    /// Whose credits. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
    /// How much. Exactly one of `amount` and `quantities`.
    amount: Option<Amount>,
    /// For what. Needed with `quantities`; its present price holds for captures.
    service: Option<ServiceKeyIn>,
    /// What may be used at most.
    quantities: Option<QuantitiesIn>,
    /// In words.
    description: Option<DescriptionIn>,
    /// The job it is for.
    job_id: Option<TextIn>,
    /// Pairs to slice usage by.
    labels: Option<LabelsIn>,
    /// Yours, given back as it is.
    metadata: Option<MetadataIn>,
    /// When the work was done, if that was earlier.
    occurred_at: Option<TimeIn>,
    /// Seconds until it expires: 1 to 2592000 (30 days), 900 if left out.
    expires_in: Option<SecondsIn>,
    /// What happens then: `release` if left out.
    on_expiry: Option<OnExpiryIn>,
    /// What a capture beyond it does: `reject` if left out.
    over_capture: Option<OverCaptureIn>,
    /// The hold whose reserve it draws on.
    parent_id: Option<HoldIdIn>,
}

impl Form for HoldBody {
    type Request = HoldRequest;

    fn into_request(self) -> Result<HoldRequest, Problem> {
        let usual = HoldRequestTerms::default();
        Ok(HoldRequest {
            whose: owner(self.user_id),
            charge: charge(self.amount, self.service, self.quantities)?,
            particulars: Particulars {
                description: self.description.map(In::into_inner),
                job: self.job_id.map(In::into_inner),
                labels: self.labels.map(In::into_inner).unwrap_or_default(),
                metadata: self.metadata.map(In::into_inner),
                occurred_at: self.occurred_at.map(In::into_inner),
            },
            terms: HoldRequestTerms {
                expires_in_s: self.expires_in.map_or(usual.expires_in_s, |In(Seconds(s))| s),
                on_expiry: self.on_expiry.map_or(usual.on_expiry, In::into_inner),
                over_capture: self.over_capture.map_or(usual.over_capture, In::into_inner),
                parent: self.parent_id.map(In::into_inner),
            },
        })
    }
}

/// What was used of a hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"quantities": {"input_tokens": 1480, "output_tokens": 312}})))]
pub(crate) struct CaptureBody {
    /// How much. Exactly one of `amount` and `quantities`.
    amount: Option<Amount>,
    /// What was used, at the price the hold pinned.
    quantities: Option<QuantitiesIn>,
    /// Whether the rest is released: true if left out.
    r#final: Option<bool>,
    /// In words.
    description: Option<DescriptionIn>,
}

/// A capture before its hold is known: that comes from the path, or from the
/// operation.
pub(crate) struct CaptureAsked {
    charge: app::CaptureCharge,
    completion: Completion,
    description: Option<domain::Description>,
}

impl CaptureAsked {
    /// The capture of that hold.
    pub(crate) fn of(self, hold: HoldId) -> CaptureRequest {
        let Self { charge, completion, description } = self;
        CaptureRequest { hold, charge, completion, description }
    }
}

impl Form for CaptureBody {
    type Request = CaptureAsked;

    fn into_request(self) -> Result<CaptureAsked, Problem> {
        let is_final = self.r#final.unwrap_or(true);
        Ok(CaptureAsked {
            charge: capture_charge(self.amount, self.quantities)?,
            completion: if is_final { Completion::Final } else { Completion::Partial },
            description: self.description.map(In::into_inner),
        })
    }
}

/// A later expiry of a hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"expires_in": 900})))]
pub(crate) struct ExtendBody {
    /// Seconds from now until it expires: 1 to 2592000 (30 days).
    expires_in: SecondsIn,
}

/// An extension before its hold is known.
pub(crate) struct ExtendAsked(Seconds);

impl ExtendAsked {
    /// The extension of that hold.
    pub(crate) const fn of(self, hold: HoldId) -> ExtendRequest {
        ExtendRequest { hold, expires_in_s: self.0.0 }
    }
}

impl Form for ExtendBody {
    type Request = ExtendAsked;

    fn into_request(self) -> Result<ExtendAsked, Problem> {
        Ok(ExtendAsked(self.expires_in.into_inner()))
    }
}

/// Which holds.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HoldsQuery {
    /// Whose. A key names a user, here or by `external_id`.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// Whose, by the id in your system.
    #[param(value_type = Option<String>)]
    external_id: Option<TextIn>,
    /// Only those.
    #[param(value_type = Option<String>)]
    status: Option<HoldStatusIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

/// Which holds of whom, and which page of them.
pub(crate) struct HoldsAsked {
    pub(crate) whose: Whose,
    pub(crate) status: Option<HoldStatus>,
    pub(crate) page: app::Page,
}

impl Form for HoldsQuery {
    type Request = HoldsAsked;

    fn into_request(self) -> Result<HoldsAsked, Problem> {
        Ok(HoldsAsked {
            whose: whose(self.user_id, self.external_id)?,
            status: self.status.map(In::into_inner),
            page: page(self.page, self.page_size)?,
        })
    }
}

/// A reservation of credits. `amount = captured + released + remaining`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hold {
    #[schema(value_type = String, examples("hold_1_42"))]
    id: Shown<HoldId>,
    #[schema(examples(7))]
    user_id: i64,
    #[schema(value_type = Option<String>)]
    service: Option<Shown<Text>>,
    #[schema(value_type = Option<String>)]
    job_id: Option<Shown<Text>>,
    /// How much it reserved, raised by a capture beyond it.
    amount: Decimal,
    /// Captured, by its children too.
    captured: Decimal,
    released: Decimal,
    remaining: Decimal,
    #[schema(value_type = HoldStatusIn)]
    status: &'static str,
    /// The hold whose reserve it draws on.
    #[schema(value_type = Option<String>)]
    parent_id: Option<Shown<HoldId>>,
    #[schema(value_type = OnExpiryIn)]
    on_expiry: &'static str,
    #[schema(value_type = OverCaptureIn)]
    over_capture: &'static str,
    /// The price it pinned.
    price_version: Option<i64>,
    expires_at: Instant,
    created_at: Instant,
    settled_at: Option<Instant>,
    #[schema(value_type = Option<LabelsIn>)]
    labels: Option<Dictionary<Shown<Text>>>,
    #[schema(value_type = Option<MetadataIn>)]
    metadata: Option<Verbatim>,
    description: Option<String>,
}

impl From<HoldView> for Hold {
    fn from(hold: HoldView) -> Self {
        Self {
            id: Shown(hold.id),
            user_id: hold.user.number(),
            service: hold.service.map(Shown),
            job_id: hold.job.map(Shown),
            amount: hold.amount.into(),
            captured: hold.captured.into(),
            released: hold.released.into(),
            remaining: hold.remaining.into(),
            status: hold.status.as_str(),
            parent_id: hold.parent.map(Shown),
            on_expiry: hold.on_expiry.as_str(),
            over_capture: hold.over_capture.as_str(),
            price_version: hold.price_version,
            expires_at: Instant(hold.expires_at),
            created_at: Instant(hold.created_at),
            settled_at: hold.settled_at.map(Instant),
            labels: dictionary(hold.labels, Shown),
            metadata: hold.metadata.map(Verbatim::from),
            description: hold.description,
        }
    }
}

/// A page of holds, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HoldList {
    holds: Vec<Hold>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<HoldView>> for HoldList {
    fn from(listed: app::Listed<HoldView>) -> Self {
        Self {
            holds: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}

/// What a capture did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Capture {
    /// The hold behind it.
    pub(crate) hold: Hold,
    /// What was charged.
    pub(crate) transaction: CreditTransaction,
}

impl From<Captured> for Capture {
    fn from(captured: Captured) -> Self {
        Self { hold: captured.hold.into(), transaction: captured.transaction.into() }
    }
}
