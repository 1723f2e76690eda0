//! A purchase as its buyer sees it afterwards: how far it is, how its price came
//! about, and what went back of it.

use domain::{
    Cents, Credits, Currency, Email, PaymentIntent, PriceReason, PurchaseId, PurchaseLine, Rate,
    ReversalState, Text, Time, TxId, UserId,
};
use serde::Deserialize;
use store::purchases::{Purchase, State};

use crate::error::{Error, stored};
use crate::reversals::ReversalView;

/// How far a purchase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurchaseState {
    /// The money is not there yet.
    Paying,
    /// It is; the credits are not.
    Granting,
    /// Both are.
    Done,
    /// Nothing comes of it.
    Failed,
}

/// A purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseView {
    /// Its id.
    pub id: PurchaseId,
    /// Whose credits.
    pub user: UserId,
    /// How far it is.
    pub state: PurchaseState,
    /// How many credits.
    pub credits: Credits,
    /// In words.
    pub description: Option<String>,
    /// What is paid.
    pub total: Cents,
    /// In which currency.
    pub currency: Currency,
    /// How the total came about.
    pub price: Breakdown,
    /// What the provider calls the payment, once that is known.
    pub intent: Option<PaymentIntent>,
    /// The transaction that its credits are.
    pub transaction: Option<TxId>,
    /// What went back of it or may, oldest first.
    pub reversals: Vec<ReversalView>,
    /// When it was asked for.
    pub created_at: Time,
    /// When its credits came.
    pub granted_at: Option<Time>,
}

/// How a price came about, as far as it was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// What a credit cost whoever had nothing better.
    pub base: Option<Rate>,
    /// What it cost this buyer.
    pub unit: Option<Rate>,
    /// Where the total comes from.
    pub lines: Vec<PurchaseLine>,
}

/// What proves a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What was bought.
    pub purchase: PurchaseView,
    /// Who bought it.
    pub name: Text,
    /// Their address.
    pub email: Email,
    /// Whether no money moved: the book is for trying things out.
    pub is_test: bool,
}

impl PurchaseState {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paying => "paying",
            Self::Granting => "granting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    const fn of(state: State) -> Self {
        match state {
            State::Paying => Self::Paying,
            State::Granting => Self::Granting,
            State::Done => Self::Done,
            State::Failed => Self::Failed,
        }
    }
}

impl PurchaseView {
    /// Without its words and what went back: those are elsewhere.
    pub(super) fn of(row: &Purchase) -> Result<Self, Error> {
        let (of, currency) = (&row.of, Currency::parse(&row.of.currency));
        let intent = of.payment_intent.as_deref().map(PaymentIntent::parse).transpose();
        Ok(Self {
            id: PurchaseId::from_number(row.id),
            user: UserId::from_number(of.user_id),
            state: PurchaseState::of(row.state),
            credits: of.credits,
            description: of.description.clone(),
            total: Cents::from_count(of.cents),
            currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
            price: Breakdown::read(&of.breakdown)?,
            intent: intent.map_err(stored("payment"))?,
            transaction: row.seq.map(TxId),
            reversals: Vec::new(),
            created_at: of.created_at,
            granted_at: None,
        })
    }

    /// What went back of the money, and is with the buyer.
    pub fn returned(&self) -> Cents {
        let returned = self.reversals.iter().filter(|it| it.state == ReversalState::Returned);
        let sum = returned.fold(Cents::ZERO, |sum, one| sum.checked_add(one.amount).unwrap_or(sum));
        sum.min(self.total)
    }
}

/// As a purchase's row keeps it.
#[derive(Deserialize)]
struct Kept {
    base: Option<i64>,
    unit: Option<i64>,
    #[serde(default)]
    lines: Vec<(String, i64)>,
}

impl Breakdown {
    fn read(json: &str) -> Result<Self, Error> {
        let kept: Kept = serde_json::from_str(json).map_err(Error::internal)?;
        let line = |(word, cents): &(String, i64)| {
            let reason = PriceReason::parse(word);
            let reason = reason.ok_or_else(|| Error::internal("a stored line has no reason"))?;
            Ok(PurchaseLine { reason, amount: Cents::from_count(*cents) })
        };
        Ok(Self {
            base: kept.base.and_then(Rate::from_micros),
            unit: kept.unit.and_then(Rate::from_micros),
            lines: kept.lines.iter().map(line).collect::<Result<_, Error>>()?,
        })
    }
}
