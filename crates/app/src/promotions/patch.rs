//! What is changed of a promotion.

use std::collections::BTreeSet;

use domain::{
    Cents, Description, Discount, PackageId, PromotionCode, PromotionTerms, Text, Time, UserGroup,
};

use crate::fingerprint::Canonical;
use crate::users::Change;

/// What is changed of a promotion. What was given before stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromotionPatch {
    /// Another name.
    pub name: Option<Text>,
    /// Other words, or none.
    pub description: Change<Description>,
    /// Another code, or none: then it applies by itself.
    pub code: Change<PromotionCode>,
    /// Another thing it does.
    pub discount: Option<Discount>,
    /// Another bound of a share, or none.
    pub max_discount: Change<Cents>,
    /// Another least purchase, or none.
    pub min_purchase: Change<Cents>,
    /// Other packages, or any.
    pub package_ids: Change<BTreeSet<PackageId>>,
    /// Other groups, or everyone.
    pub user_groups: Change<BTreeSet<UserGroup>>,
    /// Another beginning.
    pub starts_at: Option<Time>,
    /// Another end.
    pub ends_at: Option<Time>,
    /// Whether it holds at all.
    pub is_active: Option<bool>,
    /// More uses or fewer, or any number.
    pub max_uses: Change<i64>,
    /// More uses a user, or fewer.
    pub max_uses_per_user: Option<i64>,
}

impl PromotionPatch {
    pub(super) fn apply(self, terms: PromotionTerms) -> PromotionTerms {
        PromotionTerms {
            name: self.name.unwrap_or(terms.name),
            description: self.description.apply(terms.description),
            code: self.code.apply(terms.code),
            discount: self.discount.unwrap_or(terms.discount),
            max_discount: self.max_discount.apply(terms.max_discount),
            min_purchase: self.min_purchase.apply(terms.min_purchase),
            package_ids: self.package_ids.apply(terms.package_ids),
            user_groups: self.user_groups.apply(terms.user_groups),
            starts_at: self.starts_at.unwrap_or(terms.starts_at),
            ends_at: self.ends_at.unwrap_or(terms.ends_at),
            is_active: self.is_active.unwrap_or(terms.is_active),
            max_uses: self.max_uses.apply(terms.max_uses),
            max_uses_per_user: self.max_uses_per_user.unwrap_or(terms.max_uses_per_user),
        }
    }

    pub(super) fn canonical(&self, canonical: Canonical) -> Canonical {
        let canonical = canonical
            .maybe_text("name", self.name.as_ref().map(Text::as_str))
            .change("description", &self.description, |c, text| c.text("to", text.as_str()))
            .change("code", &self.code, |c, code| c.text("to", code.as_str()));
        let canonical = self.discount.iter().fold(canonical, discounted);
        let cents = |c: Canonical, cents: &Cents| c.number("to", cents.count());
        canonical
            .change("max_discount", &self.max_discount, cents)
            .change("min_purchase", &self.min_purchase, cents)
            .change("package_ids", &self.package_ids, packages)
            .change("user_groups", &self.user_groups, groups)
            .maybe_number("starts_at", self.starts_at.map(Time::micros))
            .maybe_number("ends_at", self.ends_at.map(Time::micros))
            .maybe_number("is_active", self.is_active.map(i64::from))
            .change("max_uses", &self.max_uses, |c, uses| c.number("to", *uses))
            .maybe_number("max_uses_per_user", self.max_uses_per_user)
    }
}

/// All of a new promotion.
pub(super) fn canonical(canonical: Canonical, terms: &PromotionTerms) -> Canonical {
    let canonical = canonical
        .text("name", terms.name.as_str())
        .maybe_text("description", terms.description.as_ref().map(Description::as_str))
        .maybe_text("code", terms.code.as_ref().map(PromotionCode::as_str));
    let canonical = discounted(canonical, &terms.discount)
        .maybe_number("max_discount", terms.max_discount.map(Cents::count))
        .maybe_number("min_purchase", terms.min_purchase.map(Cents::count));
    let canonical = terms.package_ids.iter().fold(canonical, packages);
    terms
        .user_groups
        .iter()
        .fold(canonical, groups)
        .number("starts_at", terms.starts_at.micros())
        .number("ends_at", terms.ends_at.micros())
        .number("is_active", i64::from(terms.is_active))
        .maybe_number("max_uses", terms.max_uses)
        .number("max_uses_per_user", terms.max_uses_per_user)
}

fn discounted(canonical: Canonical, discount: &Discount) -> Canonical {
    let canonical = canonical.text("discount", discount.kind());
    match discount {
        Discount::Percentage(share) => canonical.number("value", share.millionths()),
        Discount::FixedAmount(amount) => canonical.number("value", amount.count()),
        Discount::FreeCredits(credits) => canonical.number("value", credits.micros()),
    }
}

fn packages(canonical: Canonical, ids: &BTreeSet<PackageId>) -> Canonical {
    ids.iter().fold(canonical, |canonical, id| canonical.number("package", id.number()))
}

fn groups(canonical: Canonical, groups: &BTreeSet<UserGroup>) -> Canonical {
    groups.iter().fold(canonical, |canonical, group| canonical.text("group", &group.to_string()))
}
