//! Rates: what credits cost whoever buys them. They are configuration, in
//! versions; this module must not know what a purchase is.

use domain::{BulkTier, Cents, Currency, PurchaseRates, Rate, Share, UserId};
use store::{Tx, rates};

use crate::App;
use crate::callers::Caller;
use crate::error::Error;

/// What credits cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateView {
    /// For everyone.
    pub rates: PurchaseRates,
    /// For the person who asks.
    pub yours: Option<Rate>,
}

impl App {
    /// What credits cost, for everyone and for the person who asks.
    pub async fn rate(&self, caller: Option<&Caller>) -> Result<RateView, Error> {
        let rates = self.read(|tx| Box::pin(find(tx))).await?;
        let yours = caller
            .and_then(Caller::user)
            .map(|user| package_rate(user).map_or(rates.base, |package| package.min(rates.base)));
        Ok(RateView { rates, yours })
    }

    /// What one credit costs a user, or anyone.
    pub(crate) async fn credit_rate(&self, user: Option<UserId>) -> Result<Rate, Error> {
        let base = self.read(|tx| Box::pin(find(tx))).await?.base;
        Ok(user.and_then(package_rate).map_or(base, |package| package.min(base)))
    }
}

/// The rate of a user's package: nobody is subscribed to one yet.
pub(crate) const fn package_rate(_: UserId) -> Option<Rate> {
    None
}

/// The rates that hold now.
pub(crate) async fn find(tx: &mut Tx) -> Result<PurchaseRates, Error> {
    let row = rates::find_latest(tx).await?;
    let row = row.ok_or_else(|| Error::internal("the book has no rates yet"))?;
    read(row).ok_or_else(|| Error::internal("the stored rates are none"))
}

fn read(row: rates::Rates) -> Option<PurchaseRates> {
    let tier = |tier: rates::Tier| {
        let discount = Share::from_millionths(tier.discount)?;
        Some(BulkTier { credits_min: tier.credits_min, discount })
    };
    Some(PurchaseRates {
        version: row.version,
        base: Rate::from_micros(row.base_rate)?,
        currency: Currency::parse(&row.currency)?,
        payment_min: Cents::from_count(row.payment_min),
        quote_seconds: row.quote_seconds,
        tiers: row.tiers.into_iter().map(tier).collect::<Option<_>>()?,
    })
}
