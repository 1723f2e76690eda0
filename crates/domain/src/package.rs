//! Packages: what a subscription gives each month, and for how much.

use ledger::{Credits, Currency, Text, Time};

use crate::cents::Cents;
use crate::description::Description;
use crate::id::PackageId;
use crate::rate::Rate;

/// A package as it is offered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Counts up from 1.
    pub id: PackageId,
    /// What people call it; unique.
    pub name: Text,
    /// The version of its terms, from 1.
    pub version: i64,
    /// What it gives for how much. A version never changes.
    pub terms: PackageTerms,
    /// Whether it is offered.
    pub is_active: bool,
    /// Whether it is shown before others.
    pub is_featured: bool,
    /// Its place, lower first.
    pub sort_order: i64,
    /// The payment provider's word for it.
    pub stripe_product_id: Option<Text>,
    /// When it was made.
    pub created_at: Time,
    /// When it was changed last.
    pub updated_at: Option<Time>,
}

/// What a package gives for how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageTerms {
    /// In words.
    pub description: Option<Description>,
    /// What a month costs.
    pub monthly_price: Cents,
    /// In which currency.
    pub currency: Currency,
    /// The credits of a month.
    pub credit_amount: Credits,
    /// What a credit that is bought beside costs.
    pub credit_rate: Rate,
    /// What it has, one a line.
    pub features: Vec<String>,
    /// The most that rolls over; a month's credits where nothing is said.
    pub max_credits_per_month: Option<Credits>,
    /// Whether what is left at a month's end is given anew.
    pub rollover_enabled: bool,
    /// The payment provider's word for this price.
    pub stripe_price_id: Option<Text>,
}
