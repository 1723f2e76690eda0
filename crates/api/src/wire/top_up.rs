//! Top-ups: what somebody agrees to, and how it stands.

use app::{TopUpRequest, TopUpState, TopUpView};
use domain::{Currency, TopUpCaps, TopUpStatus, TopUpTerms};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::{owner, page};
use super::input::In;
use super::output::{Decimal, Instant, Shown};
use super::scalar::{
    Amount, MoneyIn, PaymentMethodIn, TextIn, TopUpStatusIn, UserIdIn, Whole, WholeIn,
};
use crate::extract::Form;
use crate::problem::Problem;

/// An hour.
const COOL_DOWN_S: i64 = 3_600;

/// Top-ups that somebody agrees to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "user_id": 7, "threshold": 50, "quantity": 1000, "daily_cap": 100, "monthly_cap": 500,
    "payment_method": "pm_card_visa", "consent_version": "2026-11"
})))]
pub(crate) struct TopUpBody {
    /// For whom. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
    /// Below so many available credits
    threshold: Amount,
    /// so many are bought.
    quantity: Amount,
    /// No more dollars a day, in UTC.
    daily_cap: MoneyIn,
    /// No more dollars a month, in UTC.
    monthly_cap: MoneyIn,
    /// How long it waits after each, in seconds; an hour if left out.
    cooldown_s: Option<WholeIn>,
    /// What pays, while nobody is there.
    payment_method: PaymentMethodIn,
    /// The version of the text they were shown and agreed to.
    consent_version: TextIn,
}

impl Form for TopUpBody {
    type Request = TopUpRequest;

    fn into_request(self) -> Result<TopUpRequest, Problem> {
        Ok(TopUpRequest {
            whose: owner(self.user_id),
            terms: TopUpTerms {
                threshold: self.threshold.into_inner(),
                quantity: self.quantity.into_inner(),
                caps: TopUpCaps {
                    day: self.daily_cap.into_inner(),
                    month: self.monthly_cap.into_inner(),
                },
                cool_down_s: self.cooldown_s.map_or(COOL_DOWN_S, |In(Whole(seconds))| seconds),
            },
            payment_method: self.payment_method.into_inner(),
            consent_text: self.consent_version.into_inner(),
        })
    }
}

/// Top-ups as they stand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TopUp {
    #[schema(examples(7))]
    user_id: i64,
    /// `on`, `stopped` (by itself) or `off`.
    #[schema(value_type = String, examples("on"))]
    status: &'static str,
    /// Why it stopped: `declined`, `authentication_required`, `refused`, `cancelled`,
    /// `mismatch` (another sum came in), `refunded`, `disputed`, `cap_below_price`,
    /// `below_minimum`, `currency_changed` or `payments_not_set_up`.
    #[schema(examples("declined"))]
    stopped_reason: Option<String>,
    /// Below so many available credits
    threshold: Decimal,
    /// so many are bought.
    quantity: Decimal,
    /// No more dollars a day, in UTC.
    daily_cap: Decimal,
    /// No more dollars a month, in UTC.
    monthly_cap: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    /// How long it waits after each, in seconds.
    cooldown_s: i64,
    #[schema(examples("pm_card_visa"))]
    payment_method: String,
    /// The version of the text that was agreed to.
    #[schema(examples("2026-11"))]
    consent_version: String,
    /// Who agreed: `user:7`, or who did it for them.
    #[schema(examples("user:7"))]
    consent_by: String,
    consent_at: Instant,
    /// Dollars paid today, in UTC, or being paid.
    spent_today: Decimal,
    /// The same of this month.
    spent_this_month: Decimal,
    /// Nothing is bought before: a wait, or a cap.
    not_before: Option<Instant>,
}

/// Whose top-ups.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TopUpsQuery {
    /// `on`, `stopped` or `off`.
    #[param(value_type = Option<String>)]
    status: Option<TopUpStatusIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

impl Form for TopUpsQuery {
    type Request = (Option<TopUpStatus>, app::Page);

    fn into_request(self) -> Result<Self::Request, Problem> {
        Ok((self.status.map(In::into_inner), page(self.page, self.page_size)?))
    }
}

/// A page of top-ups, the last that changed first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TopUpList {
    top_ups: Vec<TopUp>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<TopUpView>> for TopUpList {
    fn from(listed: app::Listed<TopUpView>) -> Self {
        Self {
            top_ups: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}

impl From<TopUpView> for TopUp {
    fn from(view: TopUpView) -> Self {
        let TopUpTerms { threshold, quantity, caps, cool_down_s } = view.terms;
        let (status, stopped_reason) = match view.state {
            TopUpState::On => ("on", None),
            TopUpState::Stopped(reason) => ("stopped", Some(reason)),
            TopUpState::Off => ("off", None),
        };
        Self {
            user_id: view.user.number(),
            status,
            stopped_reason,
            threshold: threshold.into(),
            quantity: quantity.into(),
            daily_cap: caps.day.into(),
            monthly_cap: caps.month.into(),
            currency: Shown(view.currency),
            cooldown_s: cool_down_s,
            payment_method: view.payment_method,
            consent_version: view.consent_text,
            consent_by: view.consent_by,
            consent_at: Instant(view.consent_at),
            spent_today: view.today.into(),
            spent_this_month: view.this_month.into(),
            not_before: view.not_before.map(Instant),
        }
    }
}
