//! Quotes: what quantities would cost now. They change nothing.

use domain::{Credits, Line, Quantities, Scope, ServiceKey, Status};

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::prices::priced;
use crate::wallets::Whose;

/// A quote that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteRequest {
    /// Who would pay, where that is known.
    pub whose: Option<Whose>,
    /// For what.
    pub service: ServiceKey,
    /// How much of it.
    pub quantities: Quantities,
}

/// What quantities would cost now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// For what.
    pub service: ServiceKey,
    /// The version of the price.
    pub price_version: i64,
    /// What would be charged.
    pub amount: Credits,
    /// Where it comes from, by dimension.
    pub lines: Vec<Line>,
    /// Whether the minimum is charged because the lines are less.
    pub minimum_applied: bool,
    /// Whether who would pay could; `None` where nobody is named.
    pub affordable: Option<bool>,
}

impl App {
    /// Quotes quantities.
    pub async fn quote(&self, caller: &Caller, request: QuoteRequest) -> Result<Quote, Error> {
        // Who may spend may ask what it costs.
        let spends = caller.allows(Scope::CreditsSpend);
        let scope = if spends { Scope::CreditsSpend } else { Scope::CreditsRead };
        caller.check(scope)?;
        let QuoteRequest { whose, service, quantities } = request;
        let offer = self.offer(&service).await?;
        let priced = priced(&offer.price, &quantities)?;
        let whose = whose.or_else(|| caller.user().map(Whose::User));
        let affordable = match whose {
            Some(whose) => {
                let holder = self.holder(caller, scope, &whose).await?;
                let read = self.ledger().wallet(holder.wallet).await?;
                let active = read.wallet.balances.status == Status::Active;
                Some(active && read.wallet.available(read.now) >= priced.amount)
            }
            None => None,
        };
        Ok(Quote {
            service,
            price_version: offer.price.version,
            amount: priced.amount,
            lines: priced.lines,
            minimum_applied: priced.minimum_applied,
            affordable,
        })
    }
}
