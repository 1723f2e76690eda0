//! Promotions, and what asks for them and for changes.

use std::collections::BTreeSet;

use app::PromotionPatch;
use domain::{
    Cents, Credits, Discount, PackageId, Promotion, PromotionTerms, Quantity, Share, Text,
    UserGroup,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::page;
use super::input::{In, Patch};
use super::output::{Decimal, Instant, Shown};
use super::package_admin::change;
use super::scalar::{
    DescriptionIn, DiscountTypeIn, MoneyIn, PackageIdIn, PromotionCodeIn, QuantityIn, TextIn,
    TimeIn, UserGroupIn, WholeIn,
};
use crate::extract::Form;
use crate::problem::Problem;

/// A promotion to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "Summer",
    "code": "SUMMER-26",
    "discount_type": "percentage",
    "discount_value": 0.25,
    "max_discount": 50,
    "min_purchase": 20,
    "user_groups": ["new_users", "vip"],
    "start_date": "2026-06-01T00:00:00Z",
    "end_date": "2030-09-01T00:00:00Z",
    "max_uses": 1000
})))]
pub(crate) struct PromotionBody {
    /// What people call it.
    name: TextIn,
    /// In words.
    description: Option<DescriptionIn>,
    /// What is typed to have it, whatever its case; unique. Without one it applies
    /// by itself.
    code: Option<PromotionCodeIn>,
    discount_type: DiscountTypeIn,
    /// A share (0.25 is 25 %), dollars, or credits, by its type: more than 0.
    discount_value: QuantityIn,
    /// The most a percentage takes off, in dollars.
    max_discount: Option<MoneyIn>,
    /// The least that a purchase costs without it, in dollars.
    min_purchase: Option<MoneyIn>,
    /// For subscribers of one of these alone.
    package_ids: Option<Vec<PackageIdIn>>,
    /// For who is in one of these alone: `new_users`, `subscribers`, `package:NAME`
    /// or a tag on the user.
    user_groups: Option<Vec<UserGroupIn>>,
    /// From this instant.
    start_date: TimeIn,
    /// To before this instant.
    end_date: TimeIn,
    /// Whether it holds at all; yes if left out.
    is_active: Option<bool>,
    /// How often it may be used; any number if left out.
    max_uses: Option<WholeIn>,
    /// How often one user may use it; once if left out.
    max_uses_per_user: Option<WholeIn>,
}

impl Form for PromotionBody {
    type Request = PromotionTerms;

    fn into_request(self) -> Result<PromotionTerms, Problem> {
        Ok(PromotionTerms {
            name: self.name.into_inner(),
            description: self.description.map(In::into_inner),
            code: self.code.map(In::into_inner),
            discount: discount(self.discount_type, self.discount_value.into_inner())?,
            max_discount: self.max_discount.map(In::into_inner),
            min_purchase: self.min_purchase.map(In::into_inner),
            package_ids: self.package_ids.map(set),
            user_groups: self.user_groups.map(set),
            starts_at: self.start_date.into_inner(),
            ends_at: self.end_date.into_inner(),
            is_active: self.is_active.unwrap_or(true),
            max_uses: self.max_uses.map(|uses| uses.into_inner().0),
            max_uses_per_user: self.max_uses_per_user.map_or(1, |uses| uses.into_inner().0),
        })
    }
}

fn set<T: Ord>(entries: Vec<In<T>>) -> BTreeSet<T> {
    entries.into_iter().map(In::into_inner).collect()
}

/// Millionths of a dollar in a cent.
const MILLIONTHS_PER_CENT: i64 = 10_000;

fn discount(kind: DiscountTypeIn, value: Quantity) -> Result<Discount, Problem> {
    let millionths = value.millionths();
    let discount = match kind {
        DiscountTypeIn::Percentage => Share::from_millionths(millionths).map(Discount::Percentage),
        DiscountTypeIn::FixedAmount if millionths % MILLIONTHS_PER_CENT == 0 => {
            Some(Discount::FixedAmount(Cents::from_count(millionths / MILLIONTHS_PER_CENT)))
        }
        DiscountTypeIn::FixedAmount => None,
        DiscountTypeIn::FreeCredits => {
            Some(Discount::FreeCredits(Credits::from_micros(millionths)))
        }
    };
    discount.ok_or_else(|| {
        let detail = match kind {
            DiscountTypeIn::Percentage => "must be at most 1 for a percentage: 0.25 is 25 %",
            _ => "must have at most 2 decimals for an amount of dollars",
        };
        Problem::invalid_at("/discount_value", detail)
    })
}

/// What changes of a promotion; what is left out stays. What was given before
/// stays as it was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"end_date": "2031-01-01T00:00:00Z", "max_uses": null})))]
pub(crate) struct PromotionPatchBody {
    /// What people call it.
    name: Option<TextIn>,
    /// In words; `null` removes them.
    #[serde(default)]
    #[schema(value_type = Option<DescriptionIn>)]
    description: Patch<DescriptionIn>,
    /// What is typed to have it; with `null` it applies by itself.
    #[serde(default)]
    #[schema(value_type = Option<PromotionCodeIn>)]
    code: Patch<PromotionCodeIn>,
    /// It and the value come together.
    discount_type: Option<DiscountTypeIn>,
    /// A share, dollars, or credits, by its type: more than 0.
    discount_value: Option<QuantityIn>,
    /// The most a percentage takes off; `null` for no bound.
    #[serde(default)]
    #[schema(value_type = Option<MoneyIn>)]
    max_discount: Patch<MoneyIn>,
    /// The least that a purchase costs without it; `null` for any.
    #[serde(default)]
    #[schema(value_type = Option<MoneyIn>)]
    min_purchase: Patch<MoneyIn>,
    /// For subscribers of one of these alone; `null` for whoever.
    #[serde(default)]
    #[schema(value_type = Option<Vec<PackageIdIn>>)]
    package_ids: Patch<Vec<PackageIdIn>>,
    /// For who is in one of these alone; `null` for everyone.
    #[serde(default)]
    #[schema(value_type = Option<Vec<UserGroupIn>>)]
    user_groups: Patch<Vec<UserGroupIn>>,
    /// From this instant.
    start_date: Option<TimeIn>,
    /// To before this instant.
    end_date: Option<TimeIn>,
    /// Whether it holds at all.
    is_active: Option<bool>,
    /// How often it may be used, no less than it was; `null` for any number.
    #[serde(default)]
    #[schema(value_type = Option<WholeIn>)]
    max_uses: Patch<WholeIn>,
    /// How often one user may use it.
    max_uses_per_user: Option<WholeIn>,
}

impl Form for PromotionPatchBody {
    type Request = PromotionPatch;

    fn into_request(self) -> Result<PromotionPatch, Problem> {
        let discount = match (self.discount_type, self.discount_value) {
            (Some(kind), Some(value)) => Some(discount(kind, value.into_inner())?),
            (None, None) => None,
            (Some(_), None) => {
                return Err(Problem::invalid_at("/discount_value", "is needed with its type"));
            }
            (None, Some(_)) => {
                return Err(Problem::invalid_at("/discount_type", "is needed with its value"));
            }
        };
        Ok(PromotionPatch {
            name: self.name.map(In::into_inner),
            description: change(self.description, In::into_inner),
            code: change(self.code, In::into_inner),
            discount,
            max_discount: change(self.max_discount, In::into_inner),
            min_purchase: change(self.min_purchase, In::into_inner),
            package_ids: change(self.package_ids, set),
            user_groups: change(self.user_groups, set),
            starts_at: self.start_date.map(In::into_inner),
            ends_at: self.end_date.map(In::into_inner),
            is_active: self.is_active,
            max_uses: change(self.max_uses, |uses| uses.into_inner().0),
            max_uses_per_user: self.max_uses_per_user.map(|uses| uses.into_inner().0),
        })
    }
}

/// Which page of promotions, or of the uses of one.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PromotionsQuery {
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

impl Form for PromotionsQuery {
    type Request = app::Page;

    fn into_request(self) -> Result<app::Page, Problem> {
        page(self.page, self.page_size)
    }
}

/// What makes credits cheaper for a while, or gives some.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreditPromotion {
    #[schema(examples(1))]
    id: i64,
    #[schema(value_type = String, examples("Summer"))]
    name: Shown<Text>,
    description: Option<String>,
    /// What is typed to have it, in capitals. Without one it applies by itself.
    #[schema(examples("SUMMER-26"))]
    code: Option<String>,
    #[schema(value_type = DiscountTypeIn)]
    discount_type: &'static str,
    /// A share (0.25 is 25 %), dollars, or credits, by its type.
    discount_value: Decimal,
    /// The most a percentage takes off, in dollars.
    max_discount: Option<Decimal>,
    /// For subscribers of one of these alone.
    package_ids: Option<Vec<i64>>,
    /// For who is in one of these alone.
    #[schema(value_type = Option<Vec<String>>)]
    user_groups: Option<Vec<Shown<UserGroup>>>,
    /// The least that a purchase costs without it, in dollars.
    min_purchase: Option<Decimal>,
    /// From this instant.
    start_date: Instant,
    /// To before this instant.
    end_date: Instant,
    is_active: bool,
    /// How often it may be used.
    max_uses: Option<i64>,
    /// How often it was used, or is reserved for a payment.
    current_uses: i64,
    /// How often one user may use it.
    max_uses_per_user: i64,
    created_at: Instant,
    updated_at: Option<Instant>,
}

impl From<Promotion> for CreditPromotion {
    fn from(promotion: Promotion) -> Self {
        let terms = promotion.terms;
        let ids = |ids: BTreeSet<PackageId>| ids.into_iter().map(PackageId::number).collect();
        Self {
            id: promotion.id.number(),
            name: Shown(terms.name),
            description: terms.description.map(|text| text.as_str().to_owned()),
            code: terms.code.map(|code| code.to_string()),
            discount_type: terms.discount.kind(),
            discount_value: value(terms.discount),
            max_discount: terms.max_discount.map(Decimal::from),
            package_ids: terms.package_ids.map(ids),
            user_groups: terms.user_groups.map(|all| all.into_iter().map(Shown).collect()),
            min_purchase: terms.min_purchase.map(Decimal::from),
            start_date: Instant(terms.starts_at),
            end_date: Instant(terms.ends_at),
            is_active: terms.is_active,
            max_uses: terms.max_uses,
            current_uses: promotion.uses,
            max_uses_per_user: terms.max_uses_per_user,
            created_at: Instant(promotion.created_at),
            updated_at: promotion.updated_at.map(Instant),
        }
    }
}

fn value(discount: Discount) -> Decimal {
    match discount {
        Discount::Percentage(share) => share.into(),
        Discount::FixedAmount(amount) => amount.into(),
        Discount::FreeCredits(credits) => credits.into(),
    }
}

/// The promotion in a price.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppliedPromotion {
    #[schema(examples(1))]
    id: i64,
    #[schema(value_type = String, examples("Summer"))]
    name: Shown<Text>,
    /// What was typed for it; null where it applies by itself.
    code: Option<String>,
    #[schema(value_type = DiscountTypeIn)]
    discount_type: &'static str,
    /// A share (0.25 is 25 %), dollars, or credits, by its type.
    discount_value: Decimal,
}

impl From<Promotion> for AppliedPromotion {
    fn from(promotion: Promotion) -> Self {
        let terms = promotion.terms;
        Self {
            id: promotion.id.number(),
            name: Shown(terms.name),
            code: terms.code.map(|code| code.to_string()),
            discount_type: terms.discount.kind(),
            discount_value: value(terms.discount),
        }
    }
}

/// A page of promotions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromotionList {
    promotions: Vec<CreditPromotion>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<Promotion>> for PromotionList {
    fn from(listed: app::Listed<Promotion>) -> Self {
        Self {
            promotions: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
