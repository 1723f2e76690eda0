//! What a promotion may be.

use std::collections::BTreeSet;

use crate::cents::Cents;
use crate::promotion::{Discount, PromotionTerms};

/// What is wrong with a promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromotionFault {
    /// It does nothing, or more than there is.
    #[error("must be more than 0, and at most 1 for a percentage: 0.25 is 25 %")]
    Value,
    /// A bound on what is no share.
    #[error("is for percentages, and more than 0")]
    MaxDiscount,
    /// Purchases of nothing are no bound.
    #[error("must be more than 0; leave it out for any purchase")]
    MinPurchase,
    /// It is for nobody.
    #[error("must have 1 to {} entries; leave it out for everyone", PromotionTerms::ENTRIES_MAX)]
    Entries(&'static str),
    /// It ends before it begins.
    #[error("must be behind start_date")]
    Window,
    /// It may never be used.
    #[error("must be a whole number from 1 to 1000000000")]
    MaxUses,
    /// One user may never use it.
    #[error("must be a whole number from 1 to 1000000")]
    MaxUsesPerUser,
}

impl PromotionTerms {
    /// The most packages and groups it may name.
    pub const ENTRIES_MAX: usize = 32;

    /// The most uses it may have.
    pub const MAX_USES_MAX: i64 = 1_000_000_000;

    /// The most uses one user may have of it.
    pub const MAX_USES_PER_USER_MAX: i64 = 1_000_000;

    /// What of it can't hold, first things first.
    pub fn check(&self) -> Result<(), PromotionFault> {
        self.check_money()?;
        check_entries("/package_ids", self.package_ids.as_ref())?;
        check_entries("/user_groups", self.user_groups.as_ref())?;
        if self.starts_at >= self.ends_at {
            return Err(PromotionFault::Window);
        }
        if self.max_uses.is_some_and(|uses| !(1..=Self::MAX_USES_MAX).contains(&uses)) {
            return Err(PromotionFault::MaxUses);
        }
        if !(1..=Self::MAX_USES_PER_USER_MAX).contains(&self.max_uses_per_user) {
            return Err(PromotionFault::MaxUsesPerUser);
        }
        Ok(())
    }

    fn check_money(&self) -> Result<(), PromotionFault> {
        let is_something = match self.discount {
            Discount::Percentage(share) => share.millionths() > 0,
            Discount::FixedAmount(amount) => amount > Cents::ZERO,
            Discount::FreeCredits(credits) => credits.is_amount(),
        };
        if !is_something {
            return Err(PromotionFault::Value);
        }
        let is_share = matches!(self.discount, Discount::Percentage(_));
        if self.max_discount.is_some_and(|most| !is_share || most <= Cents::ZERO) {
            return Err(PromotionFault::MaxDiscount);
        }
        match self.min_purchase {
            Some(least) if least <= Cents::ZERO => Err(PromotionFault::MinPurchase),
            _ => Ok(()),
        }
    }
}

fn check_entries<T>(
    field: &'static str,
    entries: Option<&BTreeSet<T>>,
) -> Result<(), PromotionFault> {
    let fits = |entries: &BTreeSet<T>| (1..=PromotionTerms::ENTRIES_MAX).contains(&entries.len());
    if entries.is_none_or(fits) { Ok(()) } else { Err(PromotionFault::Entries(field)) }
}

impl PromotionFault {
    /// The field it is about.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Value => "/discount_value",
            Self::MaxDiscount => "/max_discount",
            Self::MinPurchase => "/min_purchase",
            Self::Entries(field) => field,
            Self::Window => "/end_date",
            Self::MaxUses => "/max_uses",
            Self::MaxUsesPerUser => "/max_uses_per_user",
        }
    }
}
