//! Which promotion a purchase gets: the best one, alone.
//!
//! What it is worth is what it takes off, or what the credits it gives would
//! have cost this buyer. They never stack: a price has one, or none.

use std::cmp::Reverse;

use ledger::Credits;

use crate::cents::Cents;
use crate::promotion::Promotion;
use crate::purchase::{PurchasePrice, PurchaseRates, PurchaseTerms};
use crate::rate::Rate;

/// A price with the promotion that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen<'a> {
    /// What is paid.
    pub price: PurchasePrice,
    /// The one promotion.
    pub promotion: Option<&'a Promotion>,
}

impl PurchaseRates {
    /// The price without a promotion, or with the one of these that is worth the
    /// most to the buyer: each holds on this occasion. One that is worth nothing, or
    /// leaves less than can be paid, is passed over: it keeps its use. Of two worth the same the one that was asked
    /// for by its code comes first, then the one that was made first. `None`
    /// where the price is more than can be counted.
    pub fn choose<'a>(
        &self,
        credits: Credits,
        package: Option<Rate>,
        promotions: &'a [Promotion],
    ) -> Option<Chosen<'a>> {
        let plain = self.price(credits, &PurchaseTerms { package, promotion: None })?;
        let all = promotions.iter().filter_map(|promotion| {
            let price = self.with(credits, package, promotion)?;
            let worth = worth(&plain, &price, promotion)?;
            let rank = (worth, promotion.terms.code.is_some(), Reverse(promotion.id));
            let counts = worth > Cents::ZERO && self.is_payable(&price);
            counts.then_some((rank, price, promotion))
        });
        let best = all.max_by(|(one, ..), (other, ..)| one.cmp(other));
        Some(match best {
            Some((_, price, promotion)) => Chosen { price, promotion: Some(promotion) },
            None => Chosen { price: plain, promotion: None },
        })
    }

    /// The price with a promotion in it.
    pub fn with(
        &self,
        credits: Credits,
        package: Option<Rate>,
        promotion: &Promotion,
    ) -> Option<PurchasePrice> {
        self.price(credits, &PurchaseTerms { package, promotion: promotion.reduction() })
    }
}

/// What a promotion is worth to whoever pays the one price in place of the other.
fn worth(plain: &PurchasePrice, price: &PurchasePrice, promotion: &Promotion) -> Option<Cents> {
    let off = plain.total.checked_sub(price.total)?;
    let given = promotion.free_credits();
    if given == Credits::ZERO { Some(off) } else { off.checked_add(plain.cost_of(given)?) }
}
