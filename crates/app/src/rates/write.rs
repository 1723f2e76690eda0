//! New rates. They hold at once; a price that was promised by older ones is kept.

use domain::{BulkTier, Credits, IdempotencyKey, PurchaseRates, Scope, Time};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::{NewRates, RatesVersion, find_version, row, version};
use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::Act;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::How;
use crate::prepared::Answer;
use crate::requests::{self, Keyed};

/// The operation in a key's scope, and the action in the audit log.
const OPERATION: &str = "rates.create";

impl App {
    /// Makes the next version of the rates.
    pub async fn create_rates(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        new: NewRates,
    ) -> Result<Answer<RatesVersion>, Error> {
        caller.check(Scope::Admin)?;
        let keyed = key.map(|key| self.keyed(OPERATION, key, canonical(&new)));
        let act = self.act(caller)?;
        self.write(move |tx| {
            Box::pin(async move { keyed_create(tx, &act, keyed.as_ref(), new).await })
        })
        .await
    }
}

async fn keyed_create(
    tx: &mut Tx,
    act: &Act,
    keyed: Option<&Keyed>,
    new: NewRates,
) -> Result<Answer<RatesVersion>, Error> {
    if let Some(kept) = requests::begin::<Kept>(tx, act, keyed).await? {
        return Ok(Answer { value: kept.into_version()?, how: How::Replayed });
    }
    let value = create(tx, act, new).await?;
    requests::finish(tx, act, keyed, &Kept::of(&value)).await?;
    Ok(Answer { value, how: How::Applied })
}

async fn create(tx: &mut Tx, act: &Act, new: NewRates) -> Result<RatesVersion, Error> {
    let before = find_version(tx).await?;
    let rates = PurchaseRates {
        version: before.rates.version.saturating_add(1),
        base: new.base,
        currency: before.rates.currency,
        payment_min: new.payment_min,
        quote_seconds: new.quote_seconds,
        tiers: new.tiers,
    };
    rates.check().map_err(|fault| Error::invalid(&fault.field(), fault))?;
    store::rates::insert(tx, &row(&rates, act.at)).await?;
    let after = RatesVersion { rates, created_at: act.at };
    let kept = (Kept::of(&before), Kept::of(&after));
    let deed = Deed {
        action: OPERATION,
        subject: "rates".to_owned(),
        before: Some(&kept.0),
        after: Some(&kept.1),
    };
    audit::note(tx, act, deed).await?;
    Ok(after)
}

fn canonical(new: &NewRates) -> Canonical {
    let canonical = Canonical::of(OPERATION)
        .number("base", new.base.micros())
        .number("payment_min", new.payment_min.count())
        .number("quote_seconds", new.quote_seconds);
    new.tiers.iter().fold(canonical, |canonical, tier| {
        canonical
            .number("from", tier.credits_min.micros())
            .number("discount", tier.discount.millionths())
    })
}

/// Rates as stored answers and the audit log keep them.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Kept {
    version: i64,
    base_rate: i64,
    currency: String,
    payment_min: i64,
    quote_seconds: i64,
    created_at: i64,
    /// From how many on, and what is let go.
    tiers: Vec<(i64, i64)>,
}

impl Kept {
    fn of(version: &RatesVersion) -> Self {
        let rates = &version.rates;
        let tier = |tier: &BulkTier| (tier.credits_min.micros(), tier.discount.millionths());
        Self {
            version: rates.version,
            base_rate: rates.base.micros(),
            currency: rates.currency.to_string(),
            payment_min: rates.payment_min.count(),
            quote_seconds: rates.quote_seconds,
            created_at: version.created_at.micros(),
            tiers: rates.tiers.iter().map(tier).collect(),
        }
    }

    fn into_version(self) -> Result<RatesVersion, Error> {
        let tier = |(from, discount)| store::rates::Tier {
            credits_min: Credits::from_micros(from),
            discount,
        };
        version(store::rates::Rates {
            version: self.version,
            base_rate: self.base_rate,
            currency: self.currency,
            payment_min: self.payment_min,
            quote_seconds: self.quote_seconds,
            created_at: Time::from_micros(self.created_at),
            tiers: self.tiers.into_iter().map(tier).collect(),
        })
    }
}
