//! What credits cost that are bought at once.
//!
//! The rate, the bulk tier and a promotion multiply in that order. Every
//! product is exact: the total is rounded once, half-even, to the cent.

use ledger::{Credits, Currency};

use crate::cents::Cents;
use crate::rate::{Rate, Share, half_even};

/// Less money than a cent by this: a micro-credit at a millionth of a dollar,
/// with two shares of millionths, is 10^-24 dollars.
const UNITS_PER_CENT: i128 = 10_000_000_000_000_000_000_000;

/// What is left of the scale once credits and rate are multiplied.
const UNITS_PER_PRODUCT: i128 = 1_000_000_000_000;

/// Millionths in a whole.
const WHOLE: i128 = 1_000_000;

/// What credits cost whoever buys them: configuration, in versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseRates {
    /// From 1; the latest holds.
    pub version: i64,
    /// What a credit costs.
    pub base: Rate,
    /// The currency of it all.
    pub currency: Currency,
    /// The least that is paid at once.
    pub payment_min: Cents,
    /// How long a quote holds, in seconds.
    pub quote_seconds: i64,
    /// What buying more at once lets go, by least amount.
    pub tiers: Vec<BulkTier>,
}

/// What buying more at once lets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkTier {
    /// From this amount on.
    pub credits_min: Credits,
    /// The share that is let go.
    pub discount: Share,
}

/// What is special about one purchase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PurchaseTerms {
    /// The rate of the buyer's package, while subscribed.
    pub package: Option<Rate>,
    /// At most one promotion.
    pub promotion: Option<Reduction>,
}

/// What a promotion takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// A share of the price.
    Share {
        /// Which.
        share: Share,
        /// And no more than this.
        at_most: Option<Cents>,
    },
    /// So much, but never more than the price.
    Fixed(Cents),
}

/// What credits cost, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchasePrice {
    /// How many are bought.
    pub credits: Credits,
    /// What a credit costs whoever has nothing better.
    pub base: Rate,
    /// What it costs this buyer: the lower of base and package.
    pub unit: Rate,
    /// The tier the amount reaches.
    pub tier: Option<BulkTier>,
    /// Where the total comes from. They sum to it.
    pub lines: Vec<PurchaseLine>,
    /// What is paid.
    pub total: Cents,
    /// In which currency.
    pub currency: Currency,
}

/// A part of a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PurchaseLine {
    /// What it is.
    pub reason: PriceReason,
    /// What the rounded sum grows by with it; negative where it is let go.
    pub amount: Cents,
}

/// What a part of a total is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceReason {
    /// The credits at the base rate.
    Base,
    /// What the buyer's package lets go.
    Package,
    /// What buying more at once lets go.
    Bulk,
    /// What a promotion lets go.
    Promotion,
}

impl PriceReason {
    /// Every one of them, in the order they are applied.
    pub const ALL: [Self; 4] = [Self::Base, Self::Package, Self::Bulk, Self::Promotion];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Package => "package",
            Self::Bulk => "bulk",
            Self::Promotion => "promotion",
        }
    }

    /// The reason of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

impl PurchaseRates {
    /// The tier an amount reaches: the highest one.
    pub fn tier(&self, credits: Credits) -> Option<BulkTier> {
        let reached = self.tiers.iter().filter(|tier| tier.credits_min <= credits);
        reached.max_by_key(|tier| tier.credits_min).copied()
    }

    /// What credits cost; `None` where it is more than can be counted.
    pub fn price(&self, credits: Credits, terms: &PurchaseTerms) -> Option<PurchasePrice> {
        let unit = terms.package.map_or(self.base, |package| package.min(self.base));
        let tier = self.tier(credits);
        let mut lines = Lines::default();
        lines.push(PriceReason::Base, Exact::of(credits, self.base)?)?;
        let mut exact = Exact::of(credits, unit)?;
        if unit < self.base {
            lines.push(PriceReason::Package, exact)?;
        }
        if let Some(tier) = tier {
            exact = exact.less(tier.discount)?;
            lines.push(PriceReason::Bulk, exact)?;
        }
        if let Some(reduction) = terms.promotion {
            lines.push(PriceReason::Promotion, exact.reduced(reduction)?)?;
        }
        let Lines { lines, total } = lines;
        // What can't be kept as the cost of a grant can't be bought.
        total.cost(self.currency)?;
        let (base, currency) = (self.base, self.currency);
        Some(PurchasePrice { credits, base, unit, tier, lines, total, currency })
    }

    /// Whether so much may be paid: only a promotion brings a total to nothing.
    pub fn is_payable(&self, price: &PurchasePrice) -> bool {
        let is_free = price.total == Cents::ZERO && price.promoted() > Cents::ZERO;
        price.total >= self.payment_min || is_free
    }
}

impl PurchasePrice {
    /// What a promotion takes off.
    pub fn promoted(&self) -> Cents {
        let mut lines = self.lines.iter();
        let line = lines.find(|line| line.reason == PriceReason::Promotion);
        line.and_then(|line| Cents::ZERO.checked_sub(line.amount)).unwrap_or(Cents::ZERO)
    }

    /// What other credits would cost at the rate of these, before a promotion.
    pub fn cost_of(&self, credits: Credits) -> Option<Cents> {
        let exact = Exact::of(credits, self.unit)?;
        self.tier.map_or(Some(exact), |tier| exact.less(tier.discount))?.round()
    }

    /// What a credit of this amount costs before a promotion, to be shown.
    pub fn rate(&self) -> Rate {
        self.tier.map_or(self.unit, |tier| self.unit.shown_less(tier.discount))
    }
}

/// Lines so far, and what they sum to.
struct Lines {
    lines: Vec<PurchaseLine>,
    total: Cents,
}

impl Default for Lines {
    fn default() -> Self {
        Self { lines: Vec::new(), total: Cents::ZERO }
    }
}

impl Lines {
    /// The sum is this now, for that reason.
    fn push(&mut self, reason: PriceReason, exact: Exact) -> Option<()> {
        let total = exact.round()?;
        let amount = total.checked_sub(self.total)?;
        self.lines.push(PurchaseLine { reason, amount });
        self.total = total;
        Some(())
    }
}

/// Money in 10^-24 dollars, never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Exact(i128);

impl Exact {
    fn of(credits: Credits, rate: Rate) -> Option<Self> {
        let product = i128::from(credits.micros()).checked_mul(i128::from(rate.micros()))?;
        product.checked_mul(UNITS_PER_PRODUCT).map(Self)
    }

    /// Without a share. Nothing is lost: a product of credits and rate has room
    /// for two of them.
    fn less(self, share: Share) -> Option<Self> {
        self.0.checked_div(WHOLE)?.checked_mul(i128::from(share.rest())).map(Self)
    }

    fn reduced(self, reduction: Reduction) -> Option<Self> {
        match reduction {
            Reduction::Share { share, at_most: None } => self.less(share),
            Reduction::Share { share, at_most: Some(most) } => {
                Some(self.less(share)?.max(self.minus(most)))
            }
            Reduction::Fixed(amount) => Some(self.minus(amount)),
        }
    }

    /// Less a sum of money, at least nothing.
    fn minus(self, amount: Cents) -> Self {
        // What is more than can be counted is more than there is.
        let amount = i128::from(amount.count()).saturating_mul(UNITS_PER_CENT);
        Self(self.0.saturating_sub(amount).max(0))
    }

    fn round(self) -> Option<Cents> {
        let cents = half_even(self.0, UNITS_PER_CENT)?;
        i64::try_from(cents).ok().map(Cents::from_count)
    }
}

#[cfg(test)]
#[path = "purchase_tests.rs"]
mod tests;
