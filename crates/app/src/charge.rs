//! What a request charges, and what it says beside the amount.

use domain::{Credits, Description, Labels, Quantities, ServiceKey, Text, Time};
use ledger::Usage;

use crate::App;
use crate::error::Error;
use crate::metadata::Metadata;
use crate::prices::{chargeable, priced, used};

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

/// What the work done later than the clock says may be off, in microseconds:
/// a caller's clock is not ours.
const SKEW_US: i64 = 300 * Time::SECOND;

/// A charge with its price.
pub(crate) struct Charged {
    pub(crate) amount: Credits,
    pub(crate) usage: Usage,
    /// The present price of the service, where one is named.
    pub(crate) offered: Option<i64>,
}

impl App {
    /// Prices a charge by what holds now.
    pub(crate) async fn charge(&self, charge: &Charge) -> Result<Charged, Error> {
        match charge {
            Charge::Amount { amount, service: None } => {
                Ok(Charged { amount: *amount, usage: Usage::default(), offered: None })
            }
            Charge::Amount { amount, service: Some(service) } => {
                let offer = self.offer(service).await?;
                let usage = Usage { service: Some(service.text().clone()), ..Usage::default() };
                Ok(Charged { amount: *amount, usage, offered: Some(offer.price.version) })
            }
            Charge::Quantities { service, quantities } => {
                let offer = self.offer(service).await?;
                let version = Some(offer.price.version);
                let usage = Usage {
                    service: Some(service.text().clone()),
                    price_version: version,
                    quantities: used(quantities),
                };
                let amount = chargeable(&priced(&offer.price, quantities)?)?;
                Ok(Charged { amount, usage, offered: version })
            }
        }
    }

    /// What of a request is wrong whatever is in the ledger.
    pub(crate) fn check_charge(
        &self,
        charge: &Charge,
        particulars: &Particulars,
    ) -> Result<(), Error> {
        if let Charge::Amount { amount, .. } = charge {
            check_amount(*amount)?;
        }
        match particulars.occurred_at {
            Some(at) if at > self.ledger().time()?.plus(SKEW_US) => {
                Err(Error::invalid("/occurred_at", "lies in the future"))
            }
            _ => Ok(()),
        }
    }
}

/// One amount: more than nothing, and not more than there may be.
pub(crate) fn check_amount(amount: Credits) -> Result<(), Error> {
    if amount.is_amount() {
        return Ok(());
    }
    Err(Error::invalid("/amount", "is not 0.000001 to 1000000000"))
}
