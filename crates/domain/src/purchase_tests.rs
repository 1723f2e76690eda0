//! Tests of purchase prices: the defaults by hand, and properties against a
//! second computation in one product.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails a test")]

use proptest::prelude::*;

use super::*;
use crate::offers::default_rates;

fn credits(text: &str) -> Credits {
    text.parse().unwrap()
}

fn price(amount: &str, terms: &PurchaseTerms) -> PurchasePrice {
    default_rates().price(credits(amount), terms).unwrap()
}

fn total(amount: &str) -> String {
    price(amount, &PurchaseTerms::default()).total.to_string()
}

fn lines(price: &PurchasePrice) -> Vec<(&'static str, String)> {
    price.lines.iter().map(|line| (line.reason.as_str(), line.amount.to_string())).collect()
}

#[test]
fn more_at_once_costs_less_a_credit() {
    for (amount, dollars) in [
        ("1", "0.1"),
        ("200", "20"),
        ("999", "99.9"),
        ("999.999999", "100"),
        ("1000", "95"),
        ("5000", "450"),
        ("10000", "850"),
        ("50000", "4000"),
        ("1000000000", "80000000"),
    ] {
        assert_eq!(total(amount), dollars, "{amount}");
    }
}

#[test]
fn the_total_is_rounded_once_half_to_even() {
    for (amount, dollars) in [
        ("0.05", "0"),
        ("0.15", "0.02"),
        ("0.25", "0.02"),
        ("0.35", "0.04"),
        ("0.250001", "0.03"),
        ("0.000001", "0"),
    ] {
        assert_eq!(total(amount), dollars, "{amount}");
    }
}

#[test]
fn package_tier_and_promotion_multiply_in_that_order() {
    let terms = PurchaseTerms {
        package: Some("0.0833".parse().unwrap()),
        promotion: Some(Reduction::Share { share: "0.25".parse().unwrap(), at_most: None }),
    };
    let price = price("1000", &terms);
    // 83.30, less 5 % is 79.135, less a quarter is 59.35125.
    let expected =
        [("base", "100"), ("package", "-16.7"), ("bulk", "-4.16"), ("promotion", "-19.79")];
    assert_eq!(lines(&price), expected.map(|(reason, amount)| (reason, amount.to_owned())));
    assert_eq!(
        (price.total.to_string().as_str(), price.unit.to_string()),
        ("59.35", "0.0833".to_owned())
    );
    assert_eq!(price.rate().to_string(), "0.079135");
}

#[test]
fn a_package_that_is_dearer_than_the_base_rate_changes_nothing() {
    let terms = PurchaseTerms { package: Some("0.2".parse().unwrap()), promotion: None };
    assert_eq!(price("10", &terms), price("10", &PurchaseTerms::default()));
}

#[test]
fn a_promotion_takes_no_more_than_it_may_and_no_more_than_there_is() {
    let half = "0.5".parse().unwrap();
    let most = |cents| Some(Cents::from_count(cents));
    for (reduction, dollars) in [
        (Reduction::Share { share: half, at_most: most(100) }, "9"),
        (Reduction::Share { share: half, at_most: most(100_000) }, "5"),
        (Reduction::Fixed(Cents::from_count(250)), "7.5"),
        (Reduction::Fixed(Cents::from_count(i64::MAX)), "0"),
    ] {
        let terms = PurchaseTerms { package: None, promotion: Some(reduction) };
        assert_eq!(price("100", &terms).total.to_string(), dollars, "{reduction:?}");
    }
}

#[test]
fn half_a_dollar_is_payable_and_less_is_not_unless_a_promotion_leaves_nothing() {
    let rates = default_rates();
    let payable = |amount, promotion| {
        let terms = PurchaseTerms { package: None, promotion };
        rates.is_payable(&rates.price(credits(amount), &terms).unwrap())
    };
    assert!(payable("5", None) && payable("4.95", None), "4.95 credits round to 50 cents");
    assert!(!payable("4.9", None) && !payable("0.000001", None));
    let fixed = |cents| Some(Reduction::Fixed(Cents::from_count(cents)));
    assert!(payable("5", fixed(50)) && !payable("5", fixed(49)));
}

#[test]
fn what_costs_more_than_can_be_counted_has_no_price() {
    let rates = PurchaseRates { base: Rate::MAX, tiers: Vec::new(), ..default_rates() };
    assert_eq!(rates.price(Credits::MAX, &PurchaseTerms::default()), None);
}

fn share() -> impl Strategy<Value = Share> {
    (0..=1_000_000_i64).prop_map(|millionths| Share::from_millionths(millionths).unwrap())
}

fn rate() -> impl Strategy<Value = Rate> {
    (0..=10_000_000_i64).prop_map(|micros| Rate::from_micros(micros).unwrap())
}

/// The nearest cent of `product / 10^22`, a half to the even one, by comparing
/// twice the rest with the whole.
fn nearest(product: i128) -> i64 {
    let unit = 10_i128.pow(22);
    let (below, twice) = (product / unit, product % unit * 2);
    let up = match twice.cmp(&unit) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => below % 2,
        std::cmp::Ordering::Greater => 1,
    };
    i64::try_from(below + up).unwrap()
}

proptest! {
    #[test]
    fn a_total_is_one_product_rounded_once_and_its_lines_sum_to_it(
        micros in 1..=1_000_000_000_000_000_i64,
        (base, package) in (rate(), proptest::option::of(rate())),
        (bulk, promotion) in (share(), share()),
    ) {
        let tier = BulkTier { credits_min: Credits::from_micros(1), discount: bulk };
        let rates = PurchaseRates { base, tiers: vec![tier], ..default_rates() };
        let promotion_share = Reduction::Share { share: promotion, at_most: None };
        let terms = PurchaseTerms { package, promotion: Some(promotion_share) };
        let price = rates.price(Credits::from_micros(micros), &terms).unwrap();
        let unit = package.map_or(base.micros(), |package| package.micros().min(base.micros()));
        let product = i128::from(micros)
            * i128::from(unit)
            * i128::from(1_000_000 - bulk.millionths())
            * i128::from(1_000_000 - promotion.millionths());
        prop_assert_eq!(price.total.count(), nearest(product));
        let sum: i64 = price.lines.iter().map(|line| line.amount.count()).sum();
        prop_assert_eq!(sum, price.total.count());
        let discounts = price.lines.iter().skip(1);
        prop_assert!(discounts.map(|line| line.amount).all(|amount| amount <= Cents::ZERO));
    }

    #[test]
    fn within_a_tier_more_credits_never_cost_less(
        micros in 1..=999_000_000_i64, more in 0..=999_000_i64, base in rate(),
    ) {
        let rates = PurchaseRates { base, ..default_rates() };
        let total = |micros| {
            rates.price(Credits::from_micros(micros), &PurchaseTerms::default()).unwrap().total
        };
        prop_assert!(total(micros) <= total(micros + more));
    }

    #[test]
    fn the_highest_tier_that_is_reached_holds(amount in 1..=100_000_i64) {
        let discount = default_rates().tier(Credits::whole(amount).unwrap());
        let percent = match amount {
            50_000.. => "0.2",
            10_000.. => "0.15",
            5_000.. => "0.1",
            1_000.. => "0.05",
            _ => "none",
        };
        let found = discount.map_or("none".to_owned(), |tier| tier.discount.to_string());
        prop_assert_eq!(found, percent);
    }
}
