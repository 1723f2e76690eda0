//! How much of what was used.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::decimal;
use crate::error::ParseError;
use crate::service::Dimension;

/// Digits behind the point of a quantity.
const DECIMALS: usize = 6;

/// An amount of a dimension's unit, in millionths of it; never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// From millionths, or `None` below zero.
    pub const fn from_millionths(millionths: i64) -> Option<Self> {
        if millionths < 0 { None } else { Some(Self(millionths)) }
    }

    /// Millionths of a unit.
    pub const fn millionths(self) -> i64 {
        self.0
    }
}

impl FromStr for Quantity {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decimal::parse(text, DECIMALS).map(Self)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write(f, self.0, DECIMALS)
    }
}

/// What was used, by dimension: at least one, at most 16.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantities(BTreeMap<Dimension, Quantity>);

impl Quantities {
    /// The most dimensions there may be.
    pub const DIMENSIONS_MAX: usize = 16;

    /// Checks and keeps quantities.
    pub fn parse(
        quantities: impl IntoIterator<Item = (Dimension, Quantity)>,
    ) -> Result<Self, ParseError> {
        let mut kept = BTreeMap::new();
        for (dimension, quantity) in quantities {
            if kept.insert(dimension, quantity).is_some() {
                return Err(ParseError::Twice);
            }
            if kept.len() > Self::DIMENSIONS_MAX {
                return Err(ParseError::TooMany(Self::DIMENSIONS_MAX));
            }
        }
        if kept.is_empty() { Err(ParseError::Empty) } else { Ok(Self(kept)) }
    }

    /// The quantities, by dimension.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Dimension, Quantity)> {
        self.0.iter().map(|(dimension, quantity)| (dimension, *quantity))
    }
}
