//! Rates and packages, and the versions of both.

use ledger::Credits;
use store::packages::{self, Package, Terms};
use store::rates::{self, Rates, Tier};

use crate::scratch::{NOW, database, read, write};

fn some_rates(version: i64, discounts: &[i64]) -> Rates {
    let tier =
        |discount: &i64| Tier { credits_min: Credits::from_micros(*discount), discount: *discount };
    Rates {
        version,
        base_rate: 100_000,
        currency: "USD".to_owned(),
        payment_min: 50,
        quote_seconds: 900,
        created_at: NOW,
        tiers: discounts.iter().map(tier).collect(),
    }
}

fn package(name: &str, sort_order: i64, monthly_price: i64) -> Package {
    let terms = Terms {
        description: None,
        monthly_price,
        currency: "USD".to_owned(),
        credit_amount: Credits::from_micros(1),
        credit_rate: 83_300,
        features: r#"["a"]"#.to_owned(),
        max_credits_per_month: Some(Credits::from_micros(2)),
        rollover_enabled: true,
        stripe_price_id: Some("price_1".to_owned()),
        trial_days: Some(7),
        trial_credits: Some(Credits::from_micros(3)),
    };
    Package {
        id: 0,
        name: name.to_owned(),
        version: 1,
        is_active: true,
        is_featured: false,
        sort_order,
        stripe_product_id: None,
        created_at: NOW,
        updated_at: None,
        terms,
    }
}

#[tokio::test]
async fn the_latest_rates_hold_with_their_tiers() {
    let (_scratch, db) = database();
    assert_eq!(read!(db, |tx| rates::find_latest(tx).await).unwrap(), None);
    let second = some_rates(2, &[5, 10]);
    let written = second.clone();
    write!(db, |tx| {
        rates::insert(tx, &some_rates(1, &[7])).await?;
        rates::insert(tx, &written).await
    })
    .unwrap();
    assert_eq!(read!(db, |tx| rates::find_latest(tx).await).unwrap(), Some(second.clone()));
    let all = read!(db, |tx| rates::list(tx).await).unwrap();
    assert_eq!(all, [second, some_rates(1, &[7])]);
}

#[tokio::test]
async fn packages_that_are_offered_come_by_their_place_then_by_price() {
    let (_scratch, db) = database();
    write!(db, |tx| {
        for package in [
            package("dear", 1, 900),
            package("late", 2, 100),
            package("cheap", 1, 500),
            Package { is_active: false, ..package("gone", 0, 1) },
        ] {
            let id = tx.one(packages::insert(&package)).await?;
            tx.exec(packages::insert_version(id, 1, &package.terms, NOW)).await?.expect_one()?;
        }
        Ok(())
    })
    .unwrap();
    let found = read!(db, |tx| {
        Ok((tx.one(packages::count()).await?, tx.all(packages::active()).await?))
    });
    let (count, active) = found.unwrap();
    assert_eq!(count, 4);
    let names: Vec<_> = active.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, ["cheap", "dear", "late"]);
    assert_eq!(active[2], Package { id: active[2].id, ..package("late", 2, 100) });
}

#[tokio::test]
async fn a_package_goes_to_its_next_version_and_keeps_the_one_before() {
    let (_scratch, db) = database();
    let first = package("one", 1, 500);
    let second = packages::Terms { monthly_price: 900, ..first.terms.clone() };
    let (before, after) = (first.clone(), second.clone());
    let id = write!(db, |tx| {
        let id = tx.one(packages::insert(&before)).await?;
        tx.exec(packages::insert_version(id, 1, &before.terms, NOW)).await?.expect_one()?;
        tx.exec(packages::insert_version(id, 2, &after, NOW.plus(1))).await?.expect_one()?;
        let changed = Package { id, version: 2, is_active: false, ..before };
        tx.exec(packages::update(&changed)).await?.expect_one()?;
        Ok(id)
    })
    .unwrap();
    let found = read!(db, |tx| {
        let versions = tx.all(packages::versions(id)).await?;
        let one = tx.opt(packages::version(id, 1)).await?;
        let none = tx.opt(packages::version(id, 3)).await?;
        Ok((
            tx.opt(packages::by_id(id)).await?,
            tx.all(packages::list()).await?,
            versions,
            one,
            none,
        ))
    });
    let (found, all, versions, one, none) = found.unwrap();
    let expected = Package { id, version: 2, is_active: false, terms: second, ..first.clone() };
    assert_eq!(found, Some(expected.clone()));
    assert_eq!(all, [expected], "one that is not offered is listed");
    let prices: Vec<_> = versions.iter().map(|of| (of.version, of.terms.monthly_price)).collect();
    assert_eq!(prices, [(2, 900), (1, 500)]);
    assert_eq!((one.map(|of| of.terms), none), (Some(first.terms), None));
}
