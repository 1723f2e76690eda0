//! Tests of promotions: each reason by hand, and properties of the choice.

use proptest::prelude::*;

use super::*;
use crate::offers::default_rates;
use crate::purchase::{PriceReason, PurchaseTerms};

const START: Time = Time::from_micros(1_000);
const END: Time = Time::from_micros(2_000);

fn promotion(id: i64, discount: Discount) -> Promotion {
    let terms = PromotionTerms {
        name: Text::parse("Summer").unwrap(),
        description: None,
        code: None,
        discount,
        max_discount: None,
        min_purchase: None,
        package_ids: None,
        user_groups: None,
        starts_at: START,
        ends_at: END,
        is_active: true,
        max_uses: None,
        max_uses_per_user: 1,
    };
    let id = PromotionId::from_number(id);
    Promotion { id, terms, uses: 0, created_at: START, updated_at: None }
}

fn quarter() -> Promotion {
    promotion(1, Discount::Percentage("0.25".parse().unwrap()))
}

fn code(mut promotion: Promotion, code: &str) -> Promotion {
    promotion.terms.code = Some(PromotionCode::parse(code).unwrap());
    promotion
}

fn cents(count: i64) -> Cents {
    Cents::from_count(count)
}

fn whole(credits: i64) -> Credits {
    Credits::whole(credits).unwrap()
}

fn check(promotion: &Promotion, at: Time, price: Option<i64>) -> Result<(), NotApplicable> {
    let buyer = &Buyer::default();
    promotion.check(Occasion { buyer, uses_by_buyer: 0, price: price.map(cents), at })
}

#[test]
fn it_holds_from_its_start_to_before_its_end() {
    for (at, expected) in [
        (START.plus(-1), Err(NotApplicable::NotBegun)),
        (START, Ok(())),
        (END.plus(-1), Ok(())),
        (END, Err(NotApplicable::Ended)),
        (END.plus(1), Err(NotApplicable::Ended)),
    ] {
        assert_eq!(check(&quarter(), at, Some(100)), expected, "{at:?}");
    }
    let mut stopped = quarter();
    stopped.terms.is_active = false;
    assert_eq!(check(&stopped, START, Some(100)), Err(NotApplicable::Ended));
}

#[test]
fn it_is_for_purchases_that_are_large_enough() {
    let mut least = quarter();
    least.terms.min_purchase = Some(cents(1_000));
    let below = Err(NotApplicable::BelowMinimum(cents(1_000)));
    for (price, expected) in [(999, below), (1_000, Ok(()))] {
        assert_eq!(check(&least, START, Some(price)), expected);
    }
}

#[test]
fn only_free_credits_without_a_least_purchase_come_alone() {
    let mut free = promotion(1, Discount::FreeCredits(whole(5)));
    assert_eq!(check(&free, START, None), Ok(()));
    free.terms.min_purchase = Some(cents(1));
    for beside in [free, quarter(), promotion(1, Discount::FixedAmount(cents(5)))] {
        assert_eq!(check(&beside, START, None), Err(NotApplicable::NeedsPurchase));
    }
}

#[test]
fn it_is_for_whoever_is_in_one_of_its_groups_and_has_one_of_its_packages() {
    let tag = |word: &str| Tag::parse(word).unwrap();
    let subscribed =
        |id, name: &str| Some((PackageId::from_number(id), Text::parse(name).unwrap()));
    let old = Buyer { has_bought: true, ..Buyer::default() };
    let new = Buyer::default();
    let starter = Buyer { package: subscribed(1, "Starter"), ..old.clone() };
    let tagged = Buyer { tags: BTreeSet::from([tag("vip")]), ..old.clone() };
    for (groups, packages, fits) in [
        (vec![], vec![], [true, true, true, true]),
        (vec!["new_users"], vec![], [false, true, false, false]),
        (vec!["subscribers"], vec![], [false, false, true, false]),
        (vec!["package:Starter"], vec![], [false, false, true, false]),
        (vec!["package:starter"], vec![], [false; 4]),
        (vec!["vip"], vec![], [false, false, false, true]),
        (vec!["vip", "new_users"], vec![], [false, true, false, true]),
        (vec![], vec![1, 2], [false, false, true, false]),
        (vec![], vec![2], [false; 4]),
        (vec!["vip"], vec![1], [false; 4]),
    ] {
        let mut only = quarter();
        let parsed: BTreeSet<_> = groups.iter().map(|it| UserGroup::parse(it).unwrap()).collect();
        let ids: BTreeSet<_> = packages.iter().map(|id| PackageId::from_number(*id)).collect();
        only.terms.user_groups = (!parsed.is_empty()).then_some(parsed);
        only.terms.package_ids = (!ids.is_empty()).then_some(ids);
        let found = [&old, &new, &starter, &tagged].map(|buyer| {
            let occasion = Occasion { buyer, uses_by_buyer: 0, price: Some(cents(1)), at: START };
            only.check(occasion) == Ok(())
        });
        assert_eq!(found, fits, "{groups:?} {packages:?}");
    }
}

#[test]
fn it_is_used_as_often_as_it_may_be() {
    let mut twice = quarter();
    (twice.terms.max_uses, twice.terms.max_uses_per_user) = (Some(2), 2);
    for (uses, by_buyer, expected) in
        [(1, 1, Ok(())), (2, 0, Err(NotApplicable::Exhausted)), (1, 2, Err(NotApplicable::UsedUp))]
    {
        twice.uses = uses;
        let buyer = &Buyer::default();
        let price = Some(cents(1));
        let occasion = Occasion { buyer, uses_by_buyer: by_buyer, price, at: START };
        assert_eq!(twice.check(occasion), expected);
    }
}

#[test]
fn a_group_reads_back_as_it_prints() {
    for text in ["new_users", "subscribers", "package:Team 7", "vip"] {
        assert_eq!(UserGroup::parse(text).unwrap().to_string(), text);
    }
    for text in ["", "package:", "Vip", "package:a\nb"] {
        assert!(UserGroup::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn what_may_not_be_is_named() {
    let with = |change: fn(&mut PromotionTerms)| {
        let mut terms = quarter().terms;
        change(&mut terms);
        terms.check().map_err(crate::promotion_check::PromotionFault::field)
    };
    assert_eq!(with(|_| ()), Ok(()));
    let value = Err("/discount_value");
    assert_eq!(with(|t| t.discount = Discount::Percentage("0".parse().unwrap())), value);
    assert_eq!(with(|t| t.discount = Discount::FixedAmount(Cents::ZERO)), value);
    assert_eq!(with(|t| t.discount = Discount::FreeCredits(Credits::ZERO)), value);
    assert_eq!(with(|t| t.max_discount = Some(Cents::ZERO)), Err("/max_discount"));
    let fixed = with(|t| {
        t.discount = Discount::FixedAmount(cents(5));
        t.max_discount = Some(cents(5));
    });
    assert_eq!(fixed, Err("/max_discount"));
    assert_eq!(with(|t| t.min_purchase = Some(Cents::ZERO)), Err("/min_purchase"));
    assert_eq!(with(|t| t.package_ids = Some(BTreeSet::new())), Err("/package_ids"));
    assert_eq!(with(|t| t.user_groups = Some(BTreeSet::new())), Err("/user_groups"));
    assert_eq!(with(|t| t.ends_at = t.starts_at), Err("/end_date"));
    assert_eq!(with(|t| t.max_uses = Some(0)), Err("/max_uses"));
    assert_eq!(with(|t| t.max_uses_per_user = 0), Err("/max_uses_per_user"));
}

fn chosen(credits: i64, promotions: &[Promotion]) -> (String, Option<i64>) {
    let chosen = default_rates().choose(whole(credits), None, promotions).unwrap();
    (chosen.price.total.to_string(), chosen.promotion.map(|it| it.id.number()))
}

#[test]
fn the_best_one_is_chosen_and_it_alone() {
    let three = promotion(2, Discount::FixedAmount(cents(300)));
    assert_eq!(chosen(100, &[quarter(), three.clone()]), ("7".into(), Some(2)));
    assert_eq!(chosen(200, &[quarter(), three]), ("15".into(), Some(1)));
    assert_eq!(chosen(100, &[]), ("10".into(), None));
}

#[test]
fn one_that_is_worth_nothing_is_passed_over() {
    let percent = promotion(1, Discount::Percentage("0.01".parse().unwrap()));
    assert_eq!(chosen(5, std::slice::from_ref(&percent)), ("0.5".into(), None), "49.5 is 50");
    let dust = Credits::from_micros(40_000);
    let rates = default_rates();
    let price = rates.with(dust, None, &percent).unwrap();
    assert!(price.total == Cents::ZERO && !rates.is_payable(&price), "it took nothing off");
}

#[test]
fn free_credits_are_worth_what_they_would_have_cost() {
    let free = |credits| promotion(2, Discount::FreeCredits(whole(credits)));
    assert_eq!(chosen(100, &[quarter(), free(26)]), ("10".into(), Some(2)));
    assert_eq!(chosen(100, &[quarter(), free(24)]), ("7.5".into(), Some(1)));
    // 1 000 cost 95: 263 more are worth 24.99 at that rate, and 24 off are less.
    let off = promotion(1, Discount::FixedAmount(cents(2_400)));
    assert_eq!(chosen(1_000, &[off, free(263)]), ("95".into(), Some(2)));
}

#[test]
fn of_two_worth_the_same_a_code_comes_first_and_then_the_older_one() {
    let half = |id| promotion(id, Discount::Percentage("0.5".parse().unwrap()));
    assert_eq!(chosen(100, &[half(2), half(1)]).1, Some(1));
    assert_eq!(chosen(100, &[half(1), code(half(2), "HALF")]).1, Some(2));
}

#[test]
fn one_that_leaves_less_than_can_be_paid_is_passed_over() {
    let off = |id, amount| promotion(id, Discount::FixedAmount(cents(amount)));
    assert_eq!(chosen(10, &[off(1, 60)]), ("1".into(), None), "40 cents can't be paid");
    assert_eq!(chosen(10, &[off(1, 60), off(2, 50)]), ("0.5".into(), Some(2)));
    assert_eq!(chosen(10, &[off(1, 100)]), ("0".into(), Some(1)), "nothing needs no payment");
}

fn discount() -> impl Strategy<Value = Discount> {
    prop_oneof![
        (1..=1_000_000_i64)
            .prop_map(|it| Discount::Percentage(Share::from_millionths(it).unwrap())),
        (1..=10_000_000_i64).prop_map(|it| Discount::FixedAmount(cents(it))),
        (1..=10_000_i64).prop_map(|it| Discount::FreeCredits(whole(it))),
    ]
}

fn some() -> impl Strategy<Value = Vec<Promotion>> {
    let one = (discount(), proptest::option::of(1..=100_000_i64), any::<bool>());
    prop::collection::vec(one, 0..6).prop_map(|all| {
        let all = all.into_iter().zip(1..).map(|((discount, most, has_code), id)| {
            let mut one = promotion(id, discount);
            if matches!(discount, Discount::Percentage(_)) {
                one.terms.max_discount = most.map(cents);
            }
            if has_code { code(one, &format!("CODE-{id}")) } else { one }
        });
        all.collect()
    })
}

proptest! {
    #[test]
    fn a_price_is_never_negative_has_one_promotion_at_most_and_no_better_one_was_there(
        micros in 1..=100_000_000_000_i64, promotions in some(), package in proptest::option::of(1..=100_000_i64),
    ) {
        let (rates, credits) = (default_rates(), Credits::from_micros(micros));
        let package = package.map(|micros| crate::rate::Rate::from_micros(micros).unwrap());
        let chosen = rates.choose(credits, package, &promotions).unwrap();
        let price = &chosen.price;
        prop_assert!(price.total >= Cents::ZERO);
        let sum: i64 = price.lines.iter().map(|line| line.amount.count()).sum();
        prop_assert_eq!(sum, price.total.count());
        let promoted = price.lines.iter().filter(|line| line.reason == PriceReason::Promotion);
        let lines = promoted.count();
        let takes_off = chosen.promotion.and_then(Promotion::reduction).is_some();
        prop_assert_eq!(lines, usize::from(takes_off), "they never stack");
        let plain = rates.price(credits, &PurchaseTerms { package, promotion: None }).unwrap();
        prop_assert!(price.total <= plain.total);
        prop_assert!(chosen.promotion.is_none() || rates.is_payable(price));
        if chosen.promotion.is_none_or(|one| one.free_credits() == Credits::ZERO) {
            for other in promotions.iter().filter(|one| one.reduction().is_some()) {
                let other = rates.with(credits, package, other).unwrap();
                prop_assert!(!rates.is_payable(&other) || price.total <= other.total);
            }
        }
    }

    #[test]
    fn the_order_they_come_in_changes_nothing(
        micros in 1..=100_000_000_000_i64, promotions in some(),
    ) {
        let (rates, credits) = (default_rates(), Credits::from_micros(micros));
        let mut other = promotions.clone();
        other.reverse();
        let one = rates.choose(credits, None, &promotions).unwrap();
        prop_assert_eq!(one, rates.choose(credits, None, &other).unwrap());
    }
}
