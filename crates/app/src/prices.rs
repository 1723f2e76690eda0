//! Prices at hand: what services cost now, at most a second old, and versions,
//! which never change.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use domain::{
    Credits, Dimension, Price, PriceError, Priced, Quantities, Service, ServiceKey, Text, UnitPrice,
};
use store::{Tx, services};

use crate::App;
use crate::error::{Error, stored};

/// How long the catalogue is believed, in microseconds: a price changed by
/// another process holds here no later than this.
const FRESH_US: i64 = 1_000_000;

/// A service with the price that holds now.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) service: Service,
    pub(crate) price: Arc<Price>,
}

/// Every service with its present price.
type Catalogue = HashMap<ServiceKey, Offer>;

/// Prices that were read before.
#[derive(Default)]
pub(crate) struct Prices {
    current: RwLock<Option<(Arc<Catalogue>, i64)>>,
    /// One reader fetches, the others wait for what it finds.
    fetching: tokio::sync::Mutex<()>,
    versions: RwLock<HashMap<(ServiceKey, i64), Arc<Price>>>,
}

impl Prices {
    fn fresh(&self, now: i64) -> Option<Arc<Catalogue>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let (catalogue, read_at) = current.as_ref()?;
        (now.saturating_sub(*read_at) < FRESH_US).then(|| Arc::clone(catalogue))
    }

    fn keep(&self, catalogue: Arc<Catalogue>, read_at: i64) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some((catalogue, read_at));
    }

    fn version(&self, key: &(ServiceKey, i64)) -> Option<Arc<Price>> {
        self.versions.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep_version(&self, price: &Arc<Price>) {
        let key = (price.service.clone(), price.version);
        let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        versions.insert(key, Arc::clone(price));
    }
}

impl App {
    /// A service that can be priced by now.
    pub(crate) async fn offer(&self, key: &ServiceKey) -> Result<Offer, Error> {
        let catalogue = self.catalogue().await?;
        let offer = catalogue.get(key).cloned();
        let offer = offer.ok_or_else(|| Error::invalid("/service", "is not a service"))?;
        if offer.service.retired_at.is_some() {
            return Err(Error::invalid("/service", "is retired"));
        }
        Ok(offer)
    }

    async fn catalogue(&self) -> Result<Arc<Catalogue>, Error> {
        if let Some(catalogue) = self.parts.prices.fresh(self.monotonic()) {
            return Ok(catalogue);
        }
        let _fetching = self.parts.prices.fetching.lock().await;
        let read_at = self.monotonic();
        if let Some(catalogue) = self.parts.prices.fresh(read_at) {
            return Ok(catalogue);
        }
        self.fetch_catalogue(read_at).await
    }

    /// Reads the catalogue anew: something in it was changed here.
    pub(crate) async fn refresh_prices(&self) -> Result<(), Error> {
        let _fetching = self.parts.prices.fetching.lock().await;
        self.fetch_catalogue(self.monotonic()).await.map(drop)
    }

    async fn fetch_catalogue(&self, read_at: i64) -> Result<Arc<Catalogue>, Error> {
        let catalogue = Arc::new(self.read(|tx| Box::pin(fetch(tx))).await?);
        self.parts.prices.keep(Arc::clone(&catalogue), read_at);
        Ok(catalogue)
    }

    /// A version of a service's price, if there is such a one.
    pub(crate) async fn price_version(
        &self,
        service: &Text,
        version: i64,
    ) -> Result<Option<Arc<Price>>, Error> {
        let Ok(key) = ServiceKey::parse(service.as_str()) else { return Ok(None) };
        if let Some(price) = self.parts.prices.version(&(key.clone(), version)) {
            return Ok(Some(price));
        }
        let Some(row) = self
            .read(move |tx| {
                Box::pin(async move { Ok(services::find_price(tx, key.as_str(), version).await?) })
            })
            .await?
        else {
            return Ok(None);
        };
        let found = Arc::new(price(row)?);
        self.parts.prices.keep_version(&found);
        Ok(Some(found))
    }
}

async fn fetch(tx: &mut Tx) -> Result<Catalogue, Error> {
    let mut catalogue = Catalogue::new();
    for row in tx.all(services::list()).await? {
        let service = service(&row)?;
        if let Some(row) = services::find_latest_price(tx, service.key.as_str()).await? {
            let price = Arc::new(price(row)?);
            catalogue.insert(service.key.clone(), Offer { service, price });
        }
    }
    Ok(catalogue)
}

/// What quantities cost, or which of them has no price.
pub(crate) fn priced(price: &Price, quantities: &Quantities) -> Result<Priced, Error> {
    price.of(quantities).map_err(|error| match &error {
        PriceError::UnknownDimension { dimension, .. } => {
            Error::invalid(&format!("/quantities/{dimension}"), "has no price")
        }
        PriceError::TooLarge => Error::invalid("/quantities", "cost more than one amount may be"),
    })
}

/// Quantities as the ledger keeps them.
pub(crate) fn used(quantities: &Quantities) -> Vec<(Text, i64)> {
    let pair = |(dimension, quantity): (&Dimension, domain::Quantity)| {
        (dimension.text().clone(), quantity.millionths())
    };
    quantities.iter().map(pair).collect()
}

/// What can be charged: more than nothing.
pub(crate) fn chargeable(priced: &Priced) -> Result<Credits, Error> {
    if priced.amount.is_positive() {
        return Ok(priced.amount);
    }
    Err(Error::invalid("/quantities", "cost nothing; release the hold, if there is one, instead"))
}

/// A service from its row.
pub(crate) fn service(row: &services::Service) -> Result<Service, Error> {
    let text = |text: &str| Text::parse(text).map_err(|error| stored("text")(error.into()));
    Ok(Service {
        key: ServiceKey::parse(&row.key).map_err(stored("service"))?,
        name: text(&row.name)?,
        unit: text(&row.unit)?,
        created_at: row.created_at,
        retired_at: row.retired_at,
    })
}

/// A price from its rows.
pub(crate) fn price(row: services::Price) -> Result<Price, Error> {
    let dimension = |row: services::Dimension| {
        let unit_price = UnitPrice::from_millionths(row.unit_price);
        let unit_price = unit_price.ok_or_else(|| Error::internal("a price is negative"))?;
        Ok::<_, Error>((Dimension::parse(&row.name).map_err(stored("dimension"))?, unit_price))
    };
    Ok(Price {
        service: ServiceKey::parse(&row.service).map_err(stored("service"))?,
        version: row.version,
        minimum: row.minimum,
        dimensions: row
            .dimensions
            .into_iter()
            .map(dimension)
            .collect::<Result<BTreeMap<_, _>, _>>()?,
        created_at: row.created_at,
    })
}
