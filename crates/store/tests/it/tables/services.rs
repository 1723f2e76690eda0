//! Services and the versions of their prices.

use ledger::Credits;
use store::services::{self, Dimension, Price, Service};
use store::{Constraint, Error};

use crate::scratch::{NOW, database, read, write};

fn price(version: i64, unit_prices: &[(&str, i64)]) -> Price {
    let dimensions = unit_prices
        .iter()
        .map(|(name, unit_price)| Dimension { name: (*name).to_owned(), unit_price: *unit_price })
        .collect();
    let minimum = Credits::from_micros(version);
    Price { service: "llm".to_owned(), version, minimum, created_at: NOW, dimensions }
}

#[tokio::test]
async fn a_version_of_a_price_is_written_once_and_the_latest_holds() {
    let (_scratch, db) = database();
    let service = Service {
        key: "llm".to_owned(),
        name: "Language model".to_owned(),
        unit: "token".to_owned(),
        created_at: NOW,
        retired_at: None,
    };
    let first = price(1, &[("input_tokens", 2_000), ("output_tokens", 8_000)]);
    let second = price(2, &[]);
    let (a, b, made) = (first.clone(), second.clone(), service.clone());
    write!(db, |tx| {
        tx.exec(services::insert(&made)).await?.expect_one()?;
        services::insert_price(tx, &a).await?;
        services::insert_price(tx, &b).await
    })
    .unwrap();
    let found = read!(db, |tx| {
        assert_eq!(services::find_price(tx, "llm", 3).await?, None);
        assert_eq!(services::find_latest_price(tx, "other").await?, None);
        assert_eq!(tx.all(services::list()).await?, [tx.one(services::by_key("llm")).await?]);
        let of_one = services::find_price(tx, "llm", 1).await?;
        let latest = services::find_latest_price(tx, "llm").await?;
        Ok((of_one, latest, services::list_prices(tx, "llm").await?))
    })
    .unwrap();
    let all = vec![second.clone(), first.clone()];
    assert_eq!(found, (Some(first.clone()), Some(second), all));
    let again = write!(db, |tx| services::insert_price(tx, &first).await);
    assert!(matches!(again, Err(Error::Constraint(Constraint::Price))));
}

#[tokio::test]
async fn a_service_is_retired_once() {
    let (_scratch, db) = database();
    let service = Service {
        key: "s".to_owned(),
        name: "S".to_owned(),
        unit: "request".to_owned(),
        created_at: NOW,
        retired_at: None,
    };
    write!(db, |tx| tx.exec(services::insert(&service)).await?.expect_one()).unwrap();
    for retired in [true, false] {
        let hit = write!(db, |tx| tx.exec(services::retire("s", NOW)).await?.at_most_one());
        assert_eq!(hit.unwrap(), retired);
    }
    let service = read!(db, |tx| tx.one(services::by_key("s")).await).unwrap();
    assert_eq!(service.retired_at, Some(NOW));
}
