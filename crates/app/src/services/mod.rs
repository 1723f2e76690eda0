//! Services and their versioned prices. A version never changes: a hold that
//! was quoted by it is captured by it.

mod kept;
mod seed;
mod write;

use std::collections::BTreeMap;

use domain::{Credits, Dimension, Price, Scope, Service, ServiceKey, Text, UnitPrice};
use store::{Tx, services};

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::prices::{price, service};

/// A service with every version of its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceView {
    /// The service.
    pub service: Service,
    /// Its prices, newest first: the first one holds.
    pub prices: Vec<Price>,
}

/// A service to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewService {
    /// Its word in requests, unique.
    pub key: ServiceKey,
    /// What people call it.
    pub name: Text,
    /// What one of it is.
    pub unit: Text,
    /// Its first price.
    pub price: NewPrice,
}

/// A price to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPrice {
    /// The least that is charged; may be zero.
    pub minimum: Credits,
    /// What a unit of each dimension costs: at least one, at most 16.
    pub dimensions: BTreeMap<Dimension, UnitPrice>,
}

impl App {
    /// Every service, oldest first, retired ones too.
    pub async fn list_services(&self, caller: &Caller) -> Result<Vec<ServiceView>, Error> {
        caller.check(Scope::Admin)?;
        self.read(|tx| Box::pin(list(tx))).await
    }

    /// A service.
    pub async fn get_service(
        &self,
        caller: &Caller,
        key: ServiceKey,
    ) -> Result<ServiceView, Error> {
        caller.check(Scope::Admin)?;
        self.read(move |tx| Box::pin(async move { find(tx, &key).await?.ok_or(Error::NotFound) }))
            .await
    }
}

async fn list(tx: &mut Tx) -> Result<Vec<ServiceView>, Error> {
    let mut views = Vec::new();
    for row in tx.all(services::list()).await? {
        views.push(view(tx, row).await?);
    }
    Ok(views)
}

async fn find(tx: &mut Tx, key: &ServiceKey) -> Result<Option<ServiceView>, Error> {
    match tx.opt(services::by_key(key.as_str())).await? {
        Some(row) => view(tx, row).await.map(Some),
        None => Ok(None),
    }
}

async fn view(tx: &mut Tx, row: services::Service) -> Result<ServiceView, Error> {
    let prices = services::list_prices(tx, &row.key).await?;
    let prices = prices.into_iter().map(price).collect::<Result<_, _>>()?;
    Ok(ServiceView { service: service(&row)?, prices })
}
