//! What a request charges, and what it says beside the amount.

use domain::{Credits, Description, Labels, Quantities, ServiceKey, Text, Time};

use crate::metadata::Metadata;

/// What a spend or hold is for: an amount, or quantities that have a price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charge {
    /// So much.
    Amount {
        /// How much.
        amount: Credits,
        /// For what, where that is said. A hold pins its present price.
        service: Option<ServiceKey>,
    },
    /// What the service's present price makes of it.
    Quantities {
        /// For what.
        service: ServiceKey,
        /// How much of it.
        quantities: Quantities,
    },
}

/// What a capture charges: its service and price are the hold's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaptureCharge {
    /// So much.
    Amount(Credits),
    /// What the hold's price makes of it.
    Quantities(Quantities),
}

/// What spends and holds say beside the amount.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// In words.
    pub description: Option<Description>,
    /// The job it is for.
    pub job: Option<Text>,
    /// Pairs to slice usage by.
    pub labels: Labels,
    /// What the caller wants to find again.
    pub metadata: Option<Metadata>,
    /// When the work was done, where that was earlier.
    pub occurred_at: Option<Time>,
}
