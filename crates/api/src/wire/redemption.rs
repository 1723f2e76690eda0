//! Uses of promotions, and what asks for one.

use app::{PromotionView, RedeemRequest, Redeemed, RedemptionView, Whose};
use domain::{Currency, Text, TxId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::{owner, page, whose};
use super::output::{Decimal, Instant, Shown};
use super::promotion::CreditPromotion;
use super::scalar::{PromotionCodeIn, TextIn, UserIdIn, WholeIn};
use super::transaction::CreditTransaction;
use crate::extract::Form;
use crate::problem::Problem;

/// A code to be redeemed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"code": "WELCOME", "user_id": 7})))]
pub(crate) struct RedeemBody {
    /// For whom. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
    /// What they typed, whatever its case.
    code: PromotionCodeIn,
}

impl Form for RedeemBody {
    type Request = RedeemRequest;

    fn into_request(self) -> Result<RedeemRequest, Problem> {
        Ok(RedeemRequest { whose: owner(self.user_id), code: self.code.into_inner() })
    }
}

/// Whose uses.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RedemptionsQuery {
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

impl Form for RedemptionsQuery {
    type Request = (Whose, app::Page);

    fn into_request(self) -> Result<(Whose, app::Page), Problem> {
        let page = page(self.page, self.page_size)?;
        Ok((whose(self.user_id, self.external_id)?, page))
    }
}

/// A use of a promotion.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromotionRedemption {
    #[schema(examples(1))]
    id: i64,
    #[schema(examples(1))]
    promotion_id: i64,
    #[schema(value_type = String, examples("Summer"))]
    promotion_name: Shown<Text>,
    #[schema(examples("SUMMER-26"))]
    code: Option<String>,
    #[schema(examples(7))]
    user_id: i64,
    /// The purchase it is for; null where it was redeemed alone.
    purchase_id: Option<i64>,
    /// What it takes off the price.
    discount_amount: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    /// What it gives.
    credits: Decimal,
    /// `reserved` for a payment, `granting` the credits it gives, `used`, or `freed`
    /// because nothing came of the payment.
    #[schema(value_type = String, examples("used"))]
    status: &'static str,
    /// The transaction of the credits it gave.
    #[schema(value_type = Option<String>, examples("tx_1_42"))]
    transaction_id: Option<Shown<TxId>>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<RedemptionView> for PromotionRedemption {
    fn from(view: RedemptionView) -> Self {
        Self {
            id: view.id.number(),
            promotion_id: view.promotion.number(),
            promotion_name: Shown(view.name),
            code: view.code.map(|code| code.to_string()),
            user_id: view.user.number(),
            purchase_id: view.purchase.map(domain::PurchaseId::number),
            discount_amount: view.off.into(),
            currency: Shown(view.currency),
            credits: view.credits.into(),
            status: view.state.as_str(),
            transaction_id: view.transaction.map(Shown),
            created_at: Instant(view.created_at),
            updated_at: Instant(view.updated_at),
        }
    }
}

/// What a code gave.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Redemption {
    redemption: PromotionRedemption,
    transaction: CreditTransaction,
}

impl From<Redeemed> for Redemption {
    fn from(redeemed: Redeemed) -> Self {
        Self { redemption: redeemed.redemption.into(), transaction: redeemed.transaction.into() }
    }
}

/// A page of uses, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RedemptionList {
    redemptions: Vec<PromotionRedemption>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<RedemptionView>> for RedemptionList {
    fn from(listed: app::Listed<RedemptionView>) -> Self {
        Self {
            redemptions: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}

/// A promotion with a page of its uses, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromotionHistory {
    promotion: CreditPromotion,
    redemptions: Vec<PromotionRedemption>,
    /// How many there are on all pages, freed ones too.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<PromotionView> for PromotionHistory {
    fn from(view: PromotionView) -> Self {
        let listed = view.redemptions;
        Self {
            promotion: view.promotion.into(),
            redemptions: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
