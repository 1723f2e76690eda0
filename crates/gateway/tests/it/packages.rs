//! Packages as Stripe sells them.

use domain::{Cents, Currency, PackageId};
use gateway::{Offered, PaymentError};
use serde_json::Value;

use crate::desk::Desk;

pub(crate) fn starter() -> Offered {
    Offered {
        book: [8; 16],
        package: PackageId::from_number(1),
        version: 1,
        name: "Starter".to_owned(),
        description: Some("To begin with".to_owned()),
        is_active: true,
        amount: Cents::from_count(1_999),
        currency: Currency::USD,
        price: None,
    }
}

#[tokio::test]
async fn a_package_is_one_product_and_each_version_one_price_however_often_it_is_told() {
    let desk = Desk::open().await;
    desk.fake.lose_answers(2);
    let sold = desk.payments.sell(&starter()).await.unwrap().unwrap();
    // Longer than a key is honoured.
    desk.fake.pass(25 * 60 * 60);
    assert_eq!(desk.payments.sell(&starter()).await.unwrap().unwrap(), sold);
    let named = "prod_08080808080808080808080808080808_1";
    assert_eq!(sold.product.as_str(), named);
    let other = Offered {
        version: 2,
        name: "Start".to_owned(),
        description: None,
        is_active: false,
        amount: Cents::from_count(2_499),
        ..starter()
    };
    let dearer = desk.payments.sell(&other).await.unwrap().unwrap();
    assert_eq!(dearer.product, sold.product);
    assert_ne!(dearer.price, sold.price);
    let known = Offered { price: Some(dearer.price.clone()), ..other };
    assert_eq!(desk.payments.sell(&known).await.unwrap().unwrap(), dearer);
    let product = desk.fake.object(named);
    assert_eq!((&product["name"], &product["description"]), (&"Start".into(), &Value::Null));
    assert_eq!(product["active"], false);
    let prices: Vec<_> =
        desk.fake.all("price").iter().map(|it| it["unit_amount"].clone()).collect();
    assert_eq!(prices, [1_999, 2_499]);
    assert_eq!(desk.fake.object(sold.price.as_str())["currency"], "usd");
}

#[tokio::test]
async fn a_price_that_is_not_the_one_asked_for_is_not_taken() {
    let desk = Desk::open().await;
    let sold = desk.payments.sell(&starter()).await.unwrap().unwrap();
    desk.fake.tamper(sold.price.as_str(), "unit_amount", 1.into());
    let refused = desk.payments.sell(&starter()).await;
    assert!(matches!(refused, Err(PaymentError::Stripe(_))), "{refused:?}");
}
