//! A service as stored answers and the audit log keep it.

use domain::Time;
use serde::{Deserialize, Serialize};
use store::services;

use super::ServiceView;
use crate::error::Error;
use crate::prices::{price, service};

/// A service with its prices. Numbers are micro-credits and their millionths.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Kept {
    key: String,
    name: String,
    unit: String,
    created_at: i64,
    retired_at: Option<i64>,
    prices: Vec<KeptPrice>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct KeptPrice {
    version: i64,
    minimum: i64,
    created_at: i64,
    dimensions: Vec<(String, i64)>,
}

impl Kept {
    pub(super) fn of(view: &ServiceView) -> Self {
        let kept = |price: &domain::Price| KeptPrice {
            version: price.version,
            minimum: price.minimum.micros(),
            created_at: price.created_at.micros(),
            dimensions: rows(price).into_iter().map(|row| (row.name, row.unit_price)).collect(),
        };
        Self {
            key: view.service.key.to_string(),
            name: view.service.name.to_string(),
            unit: view.service.unit.to_string(),
            created_at: view.service.created_at.micros(),
            retired_at: view.service.retired_at.map(Time::micros),
            prices: view.prices.iter().map(kept).collect(),
        }
    }

    pub(super) fn into_view(self) -> Result<ServiceView, Error> {
        let key = self.key.clone();
        let row = |kept: KeptPrice| {
            let dimension = |(name, unit_price)| services::Dimension { name, unit_price };
            price(services::Price {
                service: key.clone(),
                version: kept.version,
                minimum: domain::Credits::from_micros(kept.minimum),
                created_at: Time::from_micros(kept.created_at),
                dimensions: kept.dimensions.into_iter().map(dimension).collect(),
            })
        };
        let prices = self.prices.into_iter().map(row).collect::<Result<_, _>>()?;
        let service = service(&services::Service {
            key: self.key,
            name: self.name,
            unit: self.unit,
            created_at: Time::from_micros(self.created_at),
            retired_at: self.retired_at.map(Time::from_micros),
        })?;
        Ok(ServiceView { service, prices })
    }
}

/// A price's dimensions as rows.
pub(super) fn rows(price: &domain::Price) -> Vec<services::Dimension> {
    let row = |(dimension, unit_price): (&domain::Dimension, &domain::UnitPrice)| {
        services::Dimension { name: dimension.to_string(), unit_price: unit_price.millionths() }
    };
    price.dimensions.iter().map(row).collect()
}
