//! Promotions between their rows, the product, and what stored answers and the
//! audit log keep of them.

use std::collections::BTreeSet;

use domain::{
    Cents, Credits, Currency, Description, Discount, PackageId, ParseError, Promotion,
    PromotionCode, PromotionId, PromotionTerms, PurchaseId, RedemptionId, Share, Text, Time, TxId,
    UserGroup, UserId,
};
use serde::{Deserialize, Serialize};
use store::{promotions, redemptions};

use super::RedemptionView;
use crate::error::{Error, stored};

/// A promotion from its row.
pub(super) fn promotion(row: &promotions::Promotion) -> Result<Promotion, Error> {
    Ok(Promotion {
        id: PromotionId::from_number(row.id),
        terms: terms(row)?,
        uses: row.current_uses,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn terms(row: &promotions::Promotion) -> Result<PromotionTerms, Error> {
    let description = row.description.as_deref().map(Description::parse).transpose();
    Ok(PromotionTerms {
        name: text(&row.name)?,
        description: description.map_err(stored("description"))?,
        code: row.code.as_deref().map(code).transpose()?,
        discount: discount(&row.discount_type, row.discount_value)?,
        max_discount: row.max_discount.map(Cents::from_count),
        min_purchase: row.min_purchase.map(Cents::from_count),
        package_ids: row.package_ids.as_deref().map(packages).transpose()?,
        user_groups: row.user_groups.as_deref().map(groups).transpose()?,
        starts_at: row.start_date,
        ends_at: row.end_date,
        is_active: row.is_active,
        max_uses: row.max_uses,
        max_uses_per_user: row.max_uses_per_user,
    })
}

fn discount(kind: &str, value: i64) -> Result<Discount, Error> {
    let discount = match kind {
        "percentage" => Share::from_millionths(value).map(Discount::Percentage),
        "fixed_amount" => Some(Discount::FixedAmount(Cents::from_count(value))),
        "free_credits" => Some(Discount::FreeCredits(Credits::from_micros(value))),
        _ => None,
    };
    discount.ok_or_else(|| Error::internal("a stored discount is none"))
}

const fn value(discount: Discount) -> i64 {
    match discount {
        Discount::Percentage(share) => share.millionths(),
        Discount::FixedAmount(amount) => amount.count(),
        Discount::FreeCredits(credits) => credits.micros(),
    }
}

fn packages(json: &str) -> Result<BTreeSet<PackageId>, Error> {
    let ids: Vec<i64> = serde_json::from_str(json).map_err(Error::internal)?;
    Ok(ids.into_iter().map(PackageId::from_number).collect())
}

fn groups(json: &str) -> Result<BTreeSet<UserGroup>, Error> {
    let words: Vec<String> = serde_json::from_str(json).map_err(Error::internal)?;
    let groups: Result<_, ParseError> = words.iter().map(|word| UserGroup::parse(word)).collect();
    groups.map_err(stored("group"))
}

/// The row of a promotion.
pub(super) fn row(promotion: &Promotion) -> Result<promotions::Promotion, Error> {
    let terms = &promotion.terms;
    let ids =
        |ids: &BTreeSet<PackageId>| json(&ids.iter().map(|id| id.number()).collect::<Vec<_>>());
    let words = |groups: &BTreeSet<UserGroup>| {
        json(&groups.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    Ok(promotions::Promotion {
        id: promotion.id.number(),
        name: terms.name.to_string(),
        description: terms.description.as_ref().map(|text| text.as_str().to_owned()),
        code: terms.code.as_ref().map(ToString::to_string),
        discount_type: terms.discount.kind().to_owned(),
        discount_value: value(terms.discount),
        max_discount: terms.max_discount.map(Cents::count),
        min_purchase: terms.min_purchase.map(Cents::count),
        package_ids: terms.package_ids.as_ref().map(ids).transpose()?,
        user_groups: terms.user_groups.as_ref().map(words).transpose()?,
        start_date: terms.starts_at,
        end_date: terms.ends_at,
        is_active: terms.is_active,
        max_uses: terms.max_uses,
        current_uses: promotion.uses,
        max_uses_per_user: terms.max_uses_per_user,
        created_at: promotion.created_at,
        updated_at: promotion.updated_at,
    })
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// A use from its row.
pub(super) fn redemption(row: &redemptions::Redemption) -> Result<RedemptionView, Error> {
    let currency = Currency::parse(&row.of.currency);
    Ok(RedemptionView {
        id: RedemptionId::from_number(row.id),
        promotion: PromotionId::from_number(row.of.promotion_id),
        name: text(&row.promotion_name)?,
        code: row.promotion_code.as_deref().map(code).transpose()?,
        user: UserId::from_number(row.of.user_id),
        purchase: row.of.purchase_id.map(PurchaseId::from_number),
        off: Cents::from_count(row.of.cents),
        currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
        credits: row.of.credits,
        state: row.state,
        transaction: row.seq.map(TxId),
        created_at: row.of.created_at,
        updated_at: row.updated_at,
    })
}

fn text(text: &str) -> Result<Text, Error> {
    Text::parse(text).map_err(|error| stored("text")(error.into()))
}

fn code(text: &str) -> Result<PromotionCode, Error> {
    PromotionCode::parse(text).map_err(stored("code"))
}

/// A promotion in numbers: millionths, cents, micro-credits, microseconds.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Kept {
    id: i64,
    name: String,
    description: Option<String>,
    code: Option<String>,
    discount_type: String,
    discount_value: i64,
    max_discount: Option<i64>,
    min_purchase: Option<i64>,
    package_ids: Option<String>,
    user_groups: Option<String>,
    start_date: i64,
    end_date: i64,
    is_active: bool,
    max_uses: Option<i64>,
    current_uses: i64,
    max_uses_per_user: i64,
    created_at: i64,
    updated_at: Option<i64>,
}

impl Kept {
    pub(super) fn of(promotion: &Promotion) -> Result<Self, Error> {
        let row = row(promotion)?;
        Ok(Self {
            id: row.id,
            name: row.name,
            description: row.description,
            code: row.code,
            discount_type: row.discount_type,
            discount_value: row.discount_value,
            max_discount: row.max_discount,
            min_purchase: row.min_purchase,
            package_ids: row.package_ids,
            user_groups: row.user_groups,
            start_date: row.start_date.micros(),
            end_date: row.end_date.micros(),
            is_active: row.is_active,
            max_uses: row.max_uses,
            current_uses: row.current_uses,
            max_uses_per_user: row.max_uses_per_user,
            created_at: row.created_at.micros(),
            updated_at: row.updated_at.map(Time::micros),
        })
    }

    pub(super) fn into_promotion(self) -> Result<Promotion, Error> {
        promotion(&promotions::Promotion {
            id: self.id,
            name: self.name,
            description: self.description,
            code: self.code,
            discount_type: self.discount_type,
            discount_value: self.discount_value,
            max_discount: self.max_discount,
            min_purchase: self.min_purchase,
            package_ids: self.package_ids,
            user_groups: self.user_groups,
            start_date: Time::from_micros(self.start_date),
            end_date: Time::from_micros(self.end_date),
            is_active: self.is_active,
            max_uses: self.max_uses,
            current_uses: self.current_uses,
            max_uses_per_user: self.max_uses_per_user,
            created_at: Time::from_micros(self.created_at),
            updated_at: self.updated_at.map(Time::from_micros),
        })
    }
}
