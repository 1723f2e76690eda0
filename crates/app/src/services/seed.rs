//! The services a new book begins with.

use domain::{Actor, Dimension, ServiceKey, Text, default_services};
use store::{Tx, services};

use super::write::{Edit, apply};
use super::{NewPrice, NewService};
use crate::App;
use crate::directory::Act;
use crate::error::Error;

impl App {
    /// Gives a book without services the defaults. One that has any keeps what
    /// it has.
    pub async fn seed_default_services(&self) -> Result<(), Error> {
        let defaults = defaults()?;
        let act = Act { actor: Actor::System, request: None, at: self.clock() };
        self.write(move |tx| Box::pin(async move { seed(tx, &act, defaults).await })).await?;
        self.refresh_prices().await
    }
}

async fn seed(tx: &mut Tx, act: &Act, defaults: Vec<NewService>) -> Result<(), Error> {
    if !tx.all(services::list()).await?.is_empty() {
        return Ok(());
    }
    for new in defaults {
        apply(tx, act, &Edit::Create(new)).await?;
    }
    Ok(())
}

fn defaults() -> Result<Vec<NewService>, Error> {
    let parsed = default_services().into_iter().map(|default| {
        let dimensions = default
            .dimensions
            .iter()
            .map(|(dimension, unit_price)| Ok((Dimension::parse(dimension)?, unit_price.parse()?)));
        let price = NewPrice {
            minimum: default.minimum,
            dimensions: dimensions.collect::<Result<_, domain::ParseError>>()?,
        };
        Ok(NewService {
            key: ServiceKey::parse(default.key)?,
            name: Text::parse(default.name)?,
            unit: Text::parse(default.unit)?,
            price,
        })
    });
    parsed.collect::<Result<_, domain::ParseError>>().map_err(Error::internal)
}
