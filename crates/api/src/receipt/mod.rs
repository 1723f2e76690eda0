//! A receipt as a page and as a document: what a purchase was, in words and
//! amounts, the same for both. This module must not know who asks for it.

mod html;
mod pdf;

use domain::{Cents, PriceReason, PurchaseLine, ReversalKind, ReversalState, Time, instant};
use serde::Serialize;

pub(crate) use html::html;
pub(crate) use pdf::pdf;

/// What stands on a receipt, top-down.
#[derive(Debug, Serialize)]
pub(crate) struct Paper {
    /// `R-000007`.
    number: String,
    /// When the money came for good: the day, in UTC.
    date: String,
    /// Who bought.
    name: String,
    email: String,
    /// How many credits.
    credits: String,
    /// Where the total comes from.
    lines: Vec<Line>,
    total: String,
    currency: String,
    /// What the payment provider calls the payment.
    payment: String,
    /// What went back, if anything did.
    refunds: Vec<Line>,
    /// What is left of the total behind that; none where nothing went back.
    left: Option<String>,
    /// Whether no money moved.
    is_test: bool,
}

/// A part of an amount.
#[derive(Debug, Serialize)]
struct Line {
    what: String,
    amount: String,
}

impl From<app::Receipt> for Paper {
    fn from(receipt: app::Receipt) -> Self {
        let bought = &receipt.purchase;
        let went_back = |it: &&app::ReversalView| it.state == ReversalState::Returned;
        let refunds: Vec<_> = bought.reversals.iter().filter(went_back).map(refund).collect();
        let left = bought.total.checked_sub(bought.returned()).map(money);
        Self {
            number: format!("R-{:06}", bought.id.number()),
            date: day(bought.granted_at.unwrap_or(bought.created_at)),
            name: receipt.name.to_string(),
            email: receipt.email.as_str().to_owned(),
            credits: bought.credits.to_string(),
            lines: bought.price.lines.iter().map(line).collect(),
            total: money(bought.total),
            currency: bought.currency.to_string(),
            payment: bought.intent.as_ref().map(ToString::to_string).unwrap_or_default(),
            left: left.filter(|_| !refunds.is_empty()),
            refunds,
            is_test: receipt.is_test,
        }
    }
}

fn line(line: &PurchaseLine) -> Line {
    let what = match line.reason {
        PriceReason::Base => "Credits",
        PriceReason::Package => "Package discount",
        PriceReason::Bulk => "Volume discount",
        PriceReason::Promotion => "Promotion",
    };
    Line { what: what.to_owned(), amount: money(line.amount) }
}

fn refund(reversal: &app::ReversalView) -> Line {
    let what = match reversal.kind {
        ReversalKind::Refund => "Refund",
        ReversalKind::Chargeback => "Chargeback",
    };
    let back = Cents::ZERO.checked_sub(reversal.amount).unwrap_or(Cents::ZERO);
    let what = format!("{what} of {}", day(reversal.updated_at));
    Line { what, amount: money(back) }
}

/// `$9.50`, `-$9.50`.
fn money(amount: Cents) -> String {
    let price = amount.to_price();
    match price.strip_prefix('-') {
        Some(less) => format!("-${less}"),
        None => format!("${price}"),
    }
}

/// The day of a time in UTC: `2026-11-28`.
fn day(time: Time) -> String {
    let text = instant::format(time);
    text.split_once('T').map_or(text.clone(), |(day, _)| day.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_their_sign_before_their_currency() {
        for (cents, text) in [(950, "$9.50"), (-950, "-$9.50"), (0, "$0.00"), (-5, "-$0.05")] {
            assert_eq!(money(Cents::from_count(cents)), text);
        }
    }
}
