//! Tests of prices: examples of the defaults, and properties against a second
//! computation in whole numbers of the finest unit.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails a test")]

use proptest::prelude::*;

use super::*;

fn price(dimensions: &[(&str, &str)], minimum: &str) -> Price {
    let dimension =
        |(name, unit): &(&str, &str)| (Dimension::parse(name).unwrap(), unit.parse().unwrap());
    Price {
        service: ServiceKey::parse("llm").unwrap(),
        version: 1,
        minimum: minimum.parse().unwrap(),
        dimensions: dimensions.iter().map(dimension).collect(),
        created_at: Time::from_micros(0),
    }
}

fn quantities(quantities: &[(&str, &str)]) -> Quantities {
    let parse =
        |(name, text): &(&str, &str)| (Dimension::parse(name).unwrap(), text.parse().unwrap());
    Quantities::parse(quantities.iter().map(parse)).unwrap()
}

#[test]
fn tokens_cost_their_unit_prices_and_the_lines_sum_to_the_amount() {
    let llm = price(&[("input_tokens", "0.002"), ("output_tokens", "0.008")], "0");
    let used = quantities(&[("input_tokens", "4808"), ("output_tokens", "10")]);
    let priced = llm.of(&used).unwrap();
    assert_eq!(priced.amount.to_string(), "9.696");
    let lines: Vec<_> = priced.lines.iter().map(|line| line.amount.to_string()).collect();
    assert_eq!(lines, ["9.616", "0.08"]);
    assert!(!priced.minimum_applied);
}

#[test]
fn the_sum_is_rounded_up_once_and_not_line_by_line() {
    let third = price(&[("a", "0.0000004"), ("b", "0.0000004")], "0");
    let priced = third.of(&quantities(&[("a", "1"), ("b", "1")])).unwrap();
    assert_eq!(priced.amount.to_string(), "0.000001", "0.8 micro-credits, rounded once");
    let lines: Vec<_> = priced.lines.iter().map(|line| line.amount.micros()).collect();
    assert_eq!(lines, [1, 0]);
}

#[test]
fn a_part_of_a_unit_costs_its_part() {
    let minutes = price(&[("minutes", "0.5")], "0");
    assert_eq!(minutes.of(&quantities(&[("minutes", "2.25")])).unwrap().amount.micros(), 1_125_000);
    assert_eq!(minutes.of(&quantities(&[("minutes", "0.000001")])).unwrap().amount.micros(), 1);
}

#[test]
fn less_than_the_minimum_costs_the_minimum() {
    let chat = price(&[("requests", "0.1")], "1");
    let one = chat.of(&quantities(&[("requests", "1")])).unwrap();
    assert_eq!((one.amount.to_string().as_str(), one.minimum_applied), ("1", true));
    let ten = chat.of(&quantities(&[("requests", "10")])).unwrap();
    assert_eq!((ten.amount.to_string().as_str(), ten.minimum_applied), ("1", false));
}

#[test]
fn nothing_used_costs_nothing_where_there_is_no_minimum() {
    let free = price(&[("requests", "5")], "0");
    assert_eq!(free.of(&quantities(&[("requests", "0")])).unwrap().amount, Credits::ZERO);
}

#[test]
fn a_dimension_without_a_price_is_refused() {
    let chat = price(&[("requests", "5")], "0");
    let error = chat.of(&quantities(&[("requests", "1"), ("tokens", "0")])).unwrap_err();
    assert_eq!(error.to_string(), "the service llm has no price for tokens");
}

#[test]
fn what_is_more_than_one_amount_may_be_is_refused_and_never_wraps() {
    let most = "9223372.036854775807";
    let dear = price(&[("a", most), ("b", most), ("c", most)], "0");
    let most = "9223372036854.775807";
    let used = quantities(&[("a", most), ("b", most), ("c", most)]);
    assert_eq!(dear.of(&used), Err(PriceError::TooLarge));
    let million = price(&[("a", "1000000")], "0");
    let amount = |text| million.of(&quantities(&[("a", text)])).map(|priced| priced.amount);
    assert_eq!(amount("1000"), Ok(Credits::MAX));
    assert_eq!(amount("1000.000001"), Err(PriceError::TooLarge));
}

/// `ceil(Σ price × quantity)`, whole micro-credits and what is left of them summed
/// apart: slower, and another way than the one under test.
fn expected(parts: &[(i64, i64)]) -> i128 {
    let (mut whole, mut rest) = (0_i128, 0_i128);
    for (unit, quantity) in parts {
        let (high, low) = (i128::from(*unit) / 1_000_000, i128::from(*unit) % 1_000_000);
        let (major, minor) = (i128::from(*quantity) / 1_000_000, i128::from(*quantity) % 1_000_000);
        whole += high * major;
        // high × minor and low × major count millionths of a micro-credit.
        rest += (high * minor + low * major) * 1_000_000 + low * minor;
    }
    whole + (rest + PRODUCTS - 1).div_euclid(PRODUCTS)
}

proptest! {
    #[test]
    fn any_price_is_the_exact_sum_rounded_up_once(
        parts in prop::collection::vec((0..2_000_000_000_000_i64, 0..50_000_000_000_i64), 1..=16)
    ) {
        let name = |place: usize| Dimension::parse(&format!("d{place:02}")).unwrap();
        let mut priced = price(&[], "0");
        priced.dimensions =
            parts.iter().enumerate().map(|(n, (unit, _))| (name(n), UnitPrice(*unit))).collect();
        let used = parts.iter().enumerate().map(|(n, (_, used))| {
            (name(n), Quantity::from_millionths(*used).unwrap())
        });
        let expected = expected(&parts);
        match priced.of(&Quantities::parse(used).unwrap()) {
            Err(error) => {
                prop_assert_eq!(error, PriceError::TooLarge);
                prop_assert!(expected > i128::from(Credits::MAX.micros()));
            }
            Ok(priced) => {
                prop_assert_eq!(i128::from(priced.amount.micros()), expected);
                let sum: i64 = priced.lines.iter().map(|line| line.amount.micros()).sum();
                prop_assert_eq!(sum, priced.amount.micros());
                for line in &priced.lines {
                    let exact = line.unit_price.times(line.quantity).unwrap();
                    let off = i128::from(line.amount.micros()) * PRODUCTS - exact;
                    prop_assert!(off.abs() < PRODUCTS, "a line is off by {off}");
                }
            }
        }
    }

    #[test]
    fn using_more_never_costs_less(used in 0..1_000_000_000_i64, more in 0..1_000_000_i64) {
        let llm = price(&[("tokens", "0.000000333333")], "0.01");
        let amount = |millionths| {
            let quantity = Quantity::from_millionths(millionths).unwrap();
            let used = [(Dimension::parse("tokens").unwrap(), quantity)];
            llm.of(&Quantities::parse(used).unwrap()).unwrap().amount
        };
        prop_assert!(amount(used + more) >= amount(used));
        prop_assert!(amount(used) >= llm.minimum);
    }
}
