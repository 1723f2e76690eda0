//! Prices: what quantities cost, in exact integers.
//!
//! A unit price is finer than a micro-credit, a quantity finer than a unit.
//! Their products are summed exactly and rounded once, up to a micro-credit.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use ledger::{Credits, Time};

use crate::decimal;
use crate::error::ParseError;
use crate::quantity::{Quantities, Quantity};
use crate::service::{Dimension, ServiceKey};

/// Digits behind the point of a unit price in credits.
const DECIMALS: usize = 12;

/// Products of a unit price and a quantity in a micro-credit: 10^6 unit prices
/// of a micro-credit, times 10^6 millionths of a unit.
const PRODUCTS: i128 = 1_000_000_000_000;

/// What one unit of a dimension costs, in millionths of a micro-credit; never
/// negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPrice(i64);

impl UnitPrice {
    /// From millionths of a micro-credit, or `None` below zero.
    pub const fn from_millionths(millionths: i64) -> Option<Self> {
        if millionths < 0 { None } else { Some(Self(millionths)) }
    }

    /// Millionths of a micro-credit.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    fn times(self, quantity: Quantity) -> Option<i128> {
        i128::from(self.0).checked_mul(i128::from(quantity.millionths()))
    }
}

/// In credits, with at most 12 decimals.
impl FromStr for UnitPrice {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decimal::parse(text, DECIMALS).map(Self)
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write(f, self.0, DECIMALS)
    }
}

/// A version of a service's price. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The service.
    pub service: ServiceKey,
    /// From 1.
    pub version: i64,
    /// The least that is charged.
    pub minimum: Credits,
    /// What a unit of each dimension costs.
    pub dimensions: BTreeMap<Dimension, UnitPrice>,
    /// Since when it holds.
    pub created_at: Time,
}

/// What quantities cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priced {
    /// What is charged.
    pub amount: Credits,
    /// Where it comes from, by dimension. They sum to what it would be without
    /// a minimum.
    pub lines: Vec<Line>,
    /// Whether the minimum is charged because the lines are less.
    pub minimum_applied: bool,
}

/// What one dimension costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was used.
    pub dimension: Dimension,
    /// How much of it.
    pub quantity: Quantity,
    /// What one unit costs.
    pub unit_price: UnitPrice,
    /// The part of the sum, less than a micro-credit off the exact product.
    pub amount: Credits,
}

/// Why quantities have no price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// The price does not know this dimension.
    #[error("the service {service} has no price for {dimension}")]
    UnknownDimension {
        /// The service.
        service: ServiceKey,
        /// What was used.
        dimension: Dimension,
    },
    /// More than the largest single amount.
    #[error("the quantities cost more than one amount may be")]
    TooLarge,
}

impl Price {
    /// What quantities cost: `Σ unit price × quantity`, rounded up once to a
    /// micro-credit, and at least the minimum.
    ///
    /// Each line is what the rounded sum grows by with it, so that the lines
    /// sum to the amount.
    pub fn of(&self, quantities: &Quantities) -> Result<Priced, PriceError> {
        let mut lines = Vec::new();
        let (mut exact, mut rounded) = (0_i128, Credits::ZERO);
        for (dimension, quantity) in quantities.iter() {
            let unit_price = self.unit_price(dimension)?;
            let product = unit_price.times(quantity);
            exact = product
                .and_then(|product| exact.checked_add(product))
                .ok_or(PriceError::TooLarge)?;
            let sum = round_up(exact).ok_or(PriceError::TooLarge)?;
            let amount = sum.checked_sub(rounded).ok_or(PriceError::TooLarge)?;
            rounded = sum;
            lines.push(Line { dimension: dimension.clone(), quantity, unit_price, amount });
        }
        let minimum_applied = rounded < self.minimum;
        Ok(Priced { amount: rounded.max(self.minimum), lines, minimum_applied })
    }

    fn unit_price(&self, dimension: &Dimension) -> Result<UnitPrice, PriceError> {
        self.dimensions.get(dimension).copied().ok_or_else(|| PriceError::UnknownDimension {
            service: self.service.clone(),
            dimension: dimension.clone(),
        })
    }
}

/// A sum of products, rounded up to a micro-credit; `None` above the largest
/// single amount.
fn round_up(products: i128) -> Option<Credits> {
    let whole = products.checked_div(PRODUCTS)?;
    let rest = products.checked_rem(PRODUCTS)?;
    let micros = whole.checked_add(i128::from(rest > 0))?;
    let credits = Credits::from_micros(i64::try_from(micros).ok()?);
    (credits <= Credits::MAX).then_some(credits)
}

#[cfg(test)]
#[path = "price_tests.rs"]
mod tests;
