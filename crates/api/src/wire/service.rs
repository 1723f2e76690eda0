//! Services and their versioned prices.

use app::{NewPrice, NewService, ServiceView};
use domain::{Credits, Price, ServiceKey, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::collection::UnitPricesIn;
use super::output::{Decimal, Dictionary, Instant, Shown};
use super::scalar::{AmountOrZero, ServiceKeyIn, TextIn};
use crate::extract::Form;
use crate::problem::Problem;

/// A service to be made, with its first price.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "key": "transcription",
    "name": "Transcription",
    "unit": "minute",
    "minimum": 1,
    "dimensions": {"minutes": 0.5}
})))]
pub(crate) struct ServiceBody {
    /// Its word in requests.
    key: ServiceKeyIn,
    /// What people call it.
    name: TextIn,
    /// What one of it is.
    unit: TextIn,
    /// The least that is charged; nothing if left out.
    minimum: Option<AmountOrZero>,
    /// What one unit of each dimension costs.
    dimensions: UnitPricesIn,
}

impl Form for ServiceBody {
    type Request = NewService;

    fn into_request(self) -> Result<NewService, Problem> {
        Ok(NewService {
            key: self.key.into_inner(),
            name: self.name.into_inner(),
            unit: self.unit.into_inner(),
            price: price(self.minimum, self.dimensions),
        })
    }
}

/// A new version of a service's price.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"dimensions": {"minutes": 0.4}})))]
pub(crate) struct PriceBody {
    /// The least that is charged; nothing if left out.
    minimum: Option<AmountOrZero>,
    /// What one unit of each dimension costs.
    dimensions: UnitPricesIn,
}

impl Form for PriceBody {
    type Request = NewPrice;

    fn into_request(self) -> Result<NewPrice, Problem> {
        Ok(price(self.minimum, self.dimensions))
    }
}

fn price(minimum: Option<AmountOrZero>, dimensions: UnitPricesIn) -> NewPrice {
    NewPrice {
        minimum: minimum.map_or(Credits::ZERO, |minimum| minimum.into_inner().0),
        dimensions: dimensions.into_inner().0,
    }
}

/// What credits are spent on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Service {
    #[schema(value_type = String, examples("llm"))]
    key: Shown<ServiceKey>,
    #[schema(value_type = String)]
    name: Shown<Text>,
    /// What one of it is.
    #[schema(value_type = String, examples("token"))]
    unit: Shown<Text>,
    created_at: Instant,
    /// Since when nothing new is priced by it.
    retired_at: Option<Instant>,
    /// Every version of its price, newest first: the first one holds.
    prices: Vec<ServicePrice>,
}

impl From<ServiceView> for Service {
    fn from(view: ServiceView) -> Self {
        let service = view.service;
        Self {
            key: Shown(service.key),
            name: Shown(service.name),
            unit: Shown(service.unit),
            created_at: Instant(service.created_at),
            retired_at: service.retired_at.map(Instant),
            prices: view.prices.into_iter().map(Into::into).collect(),
        }
    }
}

/// A version of a service's price. It never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServicePrice {
    #[schema(value_type = String, examples("llm"))]
    service: Shown<ServiceKey>,
    /// From 1.
    version: i64,
    /// The least that is charged.
    minimum: Decimal,
    /// What one unit of each dimension costs.
    #[schema(value_type = UnitPricesIn)]
    dimensions: Dictionary<Decimal>,
    created_at: Instant,
}

impl From<Price> for ServicePrice {
    fn from(price: Price) -> Self {
        let dimensions = price.dimensions.into_iter();
        let dimensions = dimensions.map(|(name, price)| (name.text().clone(), price.into()));
        Self {
            service: Shown(price.service),
            version: price.version,
            minimum: price.minimum.into(),
            dimensions: Dictionary(dimensions.collect()),
            created_at: Instant(price.created_at),
        }
    }
}

/// Every service, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceList {
    services: Vec<Service>,
}

impl From<Vec<ServiceView>> for ServiceList {
    fn from(services: Vec<ServiceView>) -> Self {
        Self { services: services.into_iter().map(Into::into).collect() }
    }
}
