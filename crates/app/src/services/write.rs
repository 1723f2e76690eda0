//! Making, repricing and retiring services.

use domain::{IdempotencyKey, Price, Quantities, Scope, ServiceKey, Time};
use store::{Constraint, OnConstraint, Tx, services};

use super::kept::{Kept, rows};
use super::{NewPrice, NewService, ServiceView, find};
use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::Act;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::How;
use crate::prepared::Answer;
use crate::requests::{self, Keyed};

/// What is done to services.
pub(super) enum Edit {
    /// One is made.
    Create(NewService),
    /// One costs something else from now on.
    Reprice(ServiceKey, NewPrice),
    /// Nothing new is priced by it.
    Retire(ServiceKey),
}

impl App {
    /// Makes a service with its first price.
    pub async fn create_service(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        new: NewService,
    ) -> Result<Answer<ServiceView>, Error> {
        check(&new.price, "/price")?;
        self.edit_service(caller, key, Edit::Create(new)).await
    }

    /// Gives a service another price, from now on.
    pub async fn new_price_version(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        service: ServiceKey,
        price: NewPrice,
    ) -> Result<Answer<ServiceView>, Error> {
        check(&price, "")?;
        self.edit_service(caller, key, Edit::Reprice(service, price)).await
    }

    /// Retires a service: nothing new is priced by it, open holds are captured
    /// as they were quoted.
    pub async fn retire_service(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        service: ServiceKey,
    ) -> Result<Answer<ServiceView>, Error> {
        self.edit_service(caller, key, Edit::Retire(service)).await
    }

    async fn edit_service(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        edit: Edit,
    ) -> Result<Answer<ServiceView>, Error> {
        caller.check(Scope::Admin)?;
        let keyed = key.map(|key| self.keyed(edit.action(), key, edit.canonical()));
        let act = self.act(caller)?;
        let answer = self
            .write(move |tx| {
                Box::pin(async move { keyed_edit(tx, &act, keyed.as_ref(), &edit).await })
            })
            .await?;
        self.refresh_prices().await?;
        Ok(answer)
    }
}

async fn keyed_edit(
    tx: &mut Tx,
    act: &Act,
    keyed: Option<&Keyed>,
    edit: &Edit,
) -> Result<Answer<ServiceView>, Error> {
    if let Some(kept) = requests::begin::<Kept>(tx, act, keyed).await? {
        return Ok(Answer { value: kept.into_view()?, how: How::Replayed });
    }
    let value = apply(tx, act, edit).await?;
    requests::finish(tx, act, keyed, &Kept::of(&value)).await?;
    Ok(Answer { value, how: How::Applied })
}

/// Does it, and notes it.
pub(super) async fn apply(tx: &mut Tx, act: &Act, edit: &Edit) -> Result<ServiceView, Error> {
    let before = find(tx, edit.key()).await?;
    let retired = |view: &ServiceView| view.service.retired_at.is_some();
    match (edit, &before) {
        // One that is retired already stays as it was.
        (Edit::Retire(_), Some(view)) if retired(view) => return Ok(view.clone()),
        (Edit::Create(new), _) => create(tx, new, act.at).await?,
        (Edit::Reprice(..) | Edit::Retire(_), None) => return Err(Error::NotFound),
        (Edit::Reprice(key, price), Some(view)) => {
            let newest = view.prices.first().map_or(0, |price| price.version);
            insert_price(tx, key, (newest + 1, price), act.at).await?;
        }
        (Edit::Retire(key), Some(_)) => {
            tx.exec(services::retire(key.as_str(), act.at)).await?.expect_one()?;
        }
    }
    let after = find(tx, edit.key()).await?.ok_or(Error::NotFound)?;
    let kept = (before.as_ref().map(Kept::of), Kept::of(&after));
    let deed = Deed {
        action: edit.action(),
        subject: format!("service:{}", edit.key()),
        before: kept.0.as_ref(),
        after: Some(&kept.1),
    };
    audit::note(tx, act, deed).await?;
    Ok(after)
}

async fn create(tx: &mut Tx, new: &NewService, at: Time) -> Result<(), Error> {
    let row = services::Service {
        key: new.key.to_string(),
        name: new.name.to_string(),
        unit: new.unit.to_string(),
        created_at: at,
        retired_at: None,
    };
    let taken = || Error::invalid("/key", "is another service's");
    let inserted = tx.exec(services::insert(&row)).await;
    inserted.on(Constraint::Service, taken)?.expect_one()?;
    insert_price(tx, &new.key, (1, &new.price), at).await
}

async fn insert_price(
    tx: &mut Tx,
    service: &ServiceKey,
    (version, new): (i64, &NewPrice),
    at: Time,
) -> Result<(), Error> {
    let price = Price {
        service: service.clone(),
        version,
        minimum: new.minimum,
        dimensions: new.dimensions.clone(),
        created_at: at,
    };
    let row = services::Price {
        service: service.to_string(),
        version,
        minimum: new.minimum,
        created_at: at,
        dimensions: rows(&price),
    };
    Ok(services::insert_price(tx, &row).await?)
}

fn check(price: &NewPrice, within: &str) -> Result<(), Error> {
    let count = price.dimensions.len();
    if count == 0 || count > Quantities::DIMENSIONS_MAX {
        let pointer = format!("{within}/dimensions");
        return Err(Error::invalid(&pointer, "has not 1 to 16 entries"));
    }
    if price.minimum > domain::Credits::MAX {
        return Err(Error::invalid(&format!("{within}/minimum"), "is too large"));
    }
    Ok(())
}

impl Edit {
    fn key(&self) -> &ServiceKey {
        match self {
            Self::Create(new) => &new.key,
            Self::Reprice(key, _) | Self::Retire(key) => key,
        }
    }

    fn action(&self) -> &'static str {
        match self {
            Self::Create(_) => "services.create",
            Self::Reprice(..) => "services.reprice",
            Self::Retire(_) => "services.retire",
        }
    }

    fn canonical(&self) -> Canonical {
        let canonical = Canonical::of(self.action()).text("key", self.key().as_str());
        match self {
            Self::Create(new) => {
                let named = canonical.text("name", new.name.as_str());
                canonical_price(named.text("unit", new.unit.as_str()), &new.price)
            }
            Self::Reprice(_, price) => canonical_price(canonical, price),
            Self::Retire(_) => canonical,
        }
    }
}

fn canonical_price(canonical: Canonical, price: &NewPrice) -> Canonical {
    let canonical = canonical.number("minimum", price.minimum.micros());
    price.dimensions.iter().fold(canonical, |canonical, (dimension, unit_price)| {
        canonical.text("dimension", dimension.as_str()).number("costs", unit_price.millionths())
    })
}
