//! Rates: what credits cost whoever buys them. They are configuration, in
//! versions; this module must not know what a purchase is.

mod write;

use domain::{BulkTier, Cents, Currency, PurchaseRates, Rate, Scope, Share, Time, UserId};
use store::{Tx, rates};

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::subscriptions;

/// What credits cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateView {
    /// For everyone.
    pub rates: PurchaseRates,
    /// For the person who asks.
    pub yours: Option<Rate>,
}

/// A version of the rates. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatesVersion {
    /// What they are.
    pub rates: PurchaseRates,
    /// Since when they hold.
    pub created_at: Time,
}

/// Rates to be made: the next version, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRates {
    /// What a credit costs.
    pub base: Rate,
    /// The least that is paid at once.
    pub payment_min: Cents,
    /// How long a quote holds, in seconds.
    pub quote_seconds: i64,
    /// What buying more at once lets go, by least amount.
    pub tiers: Vec<BulkTier>,
}

impl App {
    /// Every version of the rates, newest first: the first one holds.
    pub async fn list_rates(&self, caller: &Caller) -> Result<Vec<RatesVersion>, Error> {
        caller.check(Scope::Admin)?;
        let rows = self.read(|tx| Box::pin(async move { Ok(rates::list(tx).await?) }));
        rows.await?.into_iter().map(version).collect()
    }

    /// What credits cost, for everyone and for the person who asks.
    pub async fn rate(&self, caller: Option<&Caller>) -> Result<RateView, Error> {
        let user = caller.and_then(Caller::user);
        let (rates, package) = self.rates_of(user).await?;
        let yours = user.map(|_| package.map_or(rates.base, |package| package.min(rates.base)));
        Ok(RateView { rates, yours })
    }

    /// What one credit costs a user, or anyone.
    pub(crate) async fn credit_rate(&self, user: Option<UserId>) -> Result<Rate, Error> {
        let (rates, package) = self.rates_of(user).await?;
        Ok(package.map_or(rates.base, |package| package.min(rates.base)))
    }

    /// The rates that hold now, and that of a user's package.
    pub(crate) async fn rates_of(
        &self,
        user: Option<UserId>,
    ) -> Result<(PurchaseRates, Option<Rate>), Error> {
        let now = self.ledger().time_to_read();
        self.read(move |tx| {
            Box::pin(async move {
                let package = match user {
                    Some(user) => package_rate(tx, user, now).await?,
                    None => None,
                };
                Ok((find(tx).await?, package))
            })
        })
        .await
    }
}

/// The rate of a user's package, while they have what it gives.
pub(crate) async fn package_rate(
    tx: &mut Tx,
    user: UserId,
    now: Time,
) -> Result<Option<Rate>, Error> {
    Ok(subscriptions::live(tx, user, now).await?.and_then(|live| live.rate))
}

/// The rates that hold now.
pub(crate) async fn find(tx: &mut Tx) -> Result<PurchaseRates, Error> {
    find_version(tx).await.map(|version| version.rates)
}

async fn find_version(tx: &mut Tx) -> Result<RatesVersion, Error> {
    let row = rates::find_latest(tx).await?;
    version(row.ok_or_else(|| Error::internal("the book has no rates yet"))?)
}

fn version(row: rates::Rates) -> Result<RatesVersion, Error> {
    let created_at = row.created_at;
    let rates = read(row).ok_or_else(|| Error::internal("the stored rates are none"))?;
    Ok(RatesVersion { rates, created_at })
}

/// The row of a version.
pub(crate) fn row(new: &PurchaseRates, created_at: Time) -> rates::Rates {
    let tiers = new.tiers.iter().map(|tier| rates::Tier {
        credits_min: tier.credits_min,
        discount: tier.discount.millionths(),
    });
    rates::Rates {
        version: new.version,
        base_rate: new.base.micros(),
        currency: new.currency.to_string(),
        payment_min: new.payment_min.count(),
        quote_seconds: new.quote_seconds,
        created_at,
        tiers: tiers.collect(),
    }
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
