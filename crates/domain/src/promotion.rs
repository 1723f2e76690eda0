//! Promotions: what makes credits cheaper for a while, or gives some, and for
//! whom. Whether one holds is decided here; how often it may is counted where
//! it is reserved.

use std::collections::BTreeSet;
use std::fmt;

use ledger::{Credits, Text, Time};

use crate::cents::Cents;
use crate::description::Description;
use crate::error::ParseError;
use crate::id::{PackageId, PromotionId};
use crate::line::line;
use crate::payment::PromotionCode;
use crate::purchase::Reduction;
use crate::rate::Share;
use crate::tag::Tag;

/// A promotion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// Counts up from 1.
    pub id: PromotionId,
    /// What it is.
    pub terms: PromotionTerms,
    /// How often it was used, or is reserved for a payment.
    pub uses: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it was changed last.
    pub updated_at: Option<Time>,
}

/// What an admin says of a promotion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotionTerms {
    /// What people call it.
    pub name: Text,
    /// In words.
    pub description: Option<Description>,
    /// What is typed to have it. Without one it applies by itself.
    pub code: Option<PromotionCode>,
    /// What it does.
    pub discount: Discount,
    /// The most a share takes off.
    pub max_discount: Option<Cents>,
    /// The least that a purchase costs without it.
    pub min_purchase: Option<Cents>,
    /// For subscribers of one of these alone.
    pub package_ids: Option<BTreeSet<PackageId>>,
    /// For who is in one of these alone.
    pub user_groups: Option<BTreeSet<UserGroup>>,
    /// From this instant.
    pub starts_at: Time,
    /// To before this instant.
    pub ends_at: Time,
    /// Whether it holds at all.
    pub is_active: bool,
    /// How often it may be used.
    pub max_uses: Option<i64>,
    /// How often one user may use it.
    pub max_uses_per_user: i64,
}

/// What a promotion does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// Takes off a share of the price.
    Percentage(Share),
    /// Takes off so much.
    FixedAmount(Cents),
    /// Gives credits beside those that are bought, or alone.
    FreeCredits(Credits),
}

/// Users that have something in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserGroup {
    /// Who never bought.
    NewUsers,
    /// Who is subscribed to anything.
    Subscribers,
    /// Who is subscribed to the package of that name.
    Package(Text),
    /// Who has that tag.
    Tag(Tag),
}

/// Who would use a promotion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buyer {
    /// Whether they bought before, or are about to with a promotion.
    pub has_bought: bool,
    /// What they are subscribed to.
    pub package: Option<(PackageId, Text)>,
    /// The tags on them.
    pub tags: BTreeSet<Tag>,
}

/// What a promotion is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion<'a> {
    /// Who would use it.
    pub buyer: &'a Buyer,
    /// How often they did, or have it reserved.
    pub uses_by_buyer: i64,
    /// What is bought, without it; `None` where nothing is.
    pub price: Option<Cents>,
    /// When.
    pub at: Time,
}

/// Why a promotion does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotApplicable {
    /// No promotion has this code.
    #[error("is no code of a promotion")]
    Unknown,
    /// It begins later.
    #[error("has not begun yet")]
    NotBegun,
    /// It is over.
    #[error("has ended")]
    Ended,
    /// It is for others.
    #[error("is not for this user")]
    NotForBuyer,
    /// Less is bought than it is for.
    #[error("is for purchases of at least ${}", .0.to_price())]
    BelowMinimum(Cents),
    /// It takes something off a price, and there is none.
    #[error("takes something off a purchase: send it with one")]
    NeedsPurchase,
    /// It was used as often as it may be.
    #[error("was used as often as it may be")]
    Exhausted,
    /// This user used it as often as one may.
    #[error("was used by this user as often as one may")]
    UsedUp,
}

impl NotApplicable {
    /// Whether it is its uses that are over, and nothing about it or its user.
    pub const fn is_about_uses(self) -> bool {
        matches!(self, Self::Exhausted | Self::UsedUp)
    }
}

impl Discount {
    /// The word on the wire.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Percentage(_) => "percentage",
            Self::FixedAmount(_) => "fixed_amount",
            Self::FreeCredits(_) => "free_credits",
        }
    }
}

impl Promotion {
    /// Whether it holds on an occasion.
    pub fn check(&self, occasion: Occasion<'_>) -> Result<(), NotApplicable> {
        let terms = &self.terms;
        if !terms.is_active || occasion.at >= terms.ends_at {
            return Err(NotApplicable::Ended);
        }
        if occasion.at < terms.starts_at {
            return Err(NotApplicable::NotBegun);
        }
        if !terms.is_for(occasion.buyer) {
            return Err(NotApplicable::NotForBuyer);
        }
        self.check_price(occasion.price)?;
        if terms.max_uses.is_some_and(|most| self.uses >= most) {
            return Err(NotApplicable::Exhausted);
        }
        if occasion.uses_by_buyer >= terms.max_uses_per_user {
            return Err(NotApplicable::UsedUp);
        }
        Ok(())
    }

    fn check_price(&self, price: Option<Cents>) -> Result<(), NotApplicable> {
        let least = self.terms.min_purchase;
        match (price, self.terms.discount) {
            (Some(price), _) => match least.filter(|least| price < *least) {
                Some(least) => Err(NotApplicable::BelowMinimum(least)),
                None => Ok(()),
            },
            (None, Discount::FreeCredits(_)) if least.is_none() => Ok(()),
            (None, _) => Err(NotApplicable::NeedsPurchase),
        }
    }

    /// What it takes off a price.
    pub const fn reduction(&self) -> Option<Reduction> {
        match self.terms.discount {
            Discount::Percentage(share) => {
                Some(Reduction::Share { share, at_most: self.terms.max_discount })
            }
            Discount::FixedAmount(amount) => Some(Reduction::Fixed(amount)),
            Discount::FreeCredits(_) => None,
        }
    }

    /// The credits it gives.
    pub const fn free_credits(&self) -> Credits {
        match self.terms.discount {
            Discount::FreeCredits(credits) => credits,
            Discount::Percentage(_) | Discount::FixedAmount(_) => Credits::ZERO,
        }
    }
}

impl PromotionTerms {
    fn is_for(&self, buyer: &Buyer) -> bool {
        let package = buyer.package.as_ref();
        let has_package =
            |ids: &BTreeSet<PackageId>| package.is_some_and(|(id, _)| ids.contains(id));
        self.package_ids.as_ref().is_none_or(has_package)
            && self.user_groups.as_ref().is_none_or(|groups| buyer.is_in_any(groups))
    }
}

impl Buyer {
    fn is_in_any(&self, groups: &BTreeSet<UserGroup>) -> bool {
        groups.iter().any(|group| match group {
            UserGroup::NewUsers => !self.has_bought,
            UserGroup::Subscribers => self.package.is_some(),
            UserGroup::Package(name) => self.package.as_ref().is_some_and(|(_, of)| of == name),
            UserGroup::Tag(tag) => self.tags.contains(tag),
        })
    }
}

impl UserGroup {
    /// What stands before a package's name.
    const PACKAGE: &'static str = "package:";

    /// `new_users`, `subscribers`, `package:NAME`, or a tag.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        match text {
            "new_users" => Ok(Self::NewUsers),
            "subscribers" => Ok(Self::Subscribers),
            text => match text.strip_prefix(Self::PACKAGE) {
                Some(name) => line(name).map(Self::Package),
                None => Tag::parse(text).map(Self::Tag),
            },
        }
    }
}

/// The word it reads back from.
impl fmt::Display for UserGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewUsers => f.write_str("new_users"),
            Self::Subscribers => f.write_str("subscribers"),
            Self::Package(name) => write!(f, "{}{name}", Self::PACKAGE),
            Self::Tag(tag) => write!(f, "{tag}"),
        }
    }
}

#[cfg(test)]
#[path = "promotion_tests.rs"]
mod tests;
