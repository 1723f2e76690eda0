//! What a purchase would cost, and what stands in its way.

use domain::{
    Cents, Limit, PromotionCode, PurchasePrice, PurchaseRates, PurchaseTerms, Refusal, Status,
    UserId,
};
use ledger::Wallet;

use super::{PurchaseAsk, PurchaseQuote};
use crate::App;
use crate::callers::Caller;
use crate::charge::check_amount;
use crate::error::Error;
use crate::ledger::{How, SubmitError};
use crate::rates::{self, package_rate};
use crate::wallets::Holder;

/// The open grants a wallet may have. The ledger decides; who looks here first
/// spares a paid purchase its refusal.
const OPEN_GRANTS_MAX: usize = 1_000;

/// What a purchase would cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseOffer {
    /// The price, and how it comes about.
    pub price: PurchasePrice,
    /// What stands in the way.
    pub hindrance: Option<Hindrance>,
    /// The price promised for a while, where nothing does.
    pub quote: Option<PurchaseQuote>,
}

/// What stands in the way of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// There is no such promotion.
    UnknownPromotion,
    /// The payment would be less than this.
    BelowMinimum(Cents),
    /// The account takes no purchase.
    Refused(Refusal),
    /// Nobody takes payments.
    PaymentsNotSetUp,
}

impl From<Hindrance> for Error {
    fn from(hindrance: Hindrance) -> Self {
        match hindrance {
            Hindrance::UnknownPromotion => Self::invalid("/promotion_code", "is not known"),
            Hindrance::BelowMinimum(least) => Self::BelowMinimum { least },
            Hindrance::Refused(refusal) => {
                SubmitError::Refused { refusal, how: How::Applied }.into()
            }
            Hindrance::PaymentsNotSetUp => Self::PaymentsNotSetUp,
        }
    }
}

/// What an account and a book say of purchases, whatever they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) refusal: Option<Refusal>,
    pub(super) has_payments: bool,
}

impl App {
    /// What a purchase would cost, and whether it would go through.
    pub async fn validate_purchase(
        &self,
        caller: &Caller,
        ask: PurchaseAsk,
    ) -> Result<PurchaseOffer, Error> {
        check_amount(ask.credits)?;
        let holder = self.buyer(caller, &ask.whose).await?;
        let standing = self.standing(holder).await?;
        let rates = self.read(|tx| Box::pin(rates::find(tx))).await?;
        let price = price(&rates, holder.user, &ask)?;
        let hindrance = in_price(&rates, &price, ask.promotion.as_ref())
            .or(standing.refusal.map(Hindrance::Refused))
            .or((!standing.has_payments).then_some(Hindrance::PaymentsNotSetUp));
        let quote = match hindrance {
            None => Some(self.promise(holder.user, &ask, (&price, rates.quote_seconds))?),
            Some(_) => None,
        };
        Ok(PurchaseOffer { price, hindrance, quote })
    }

    /// What the buyer's account and the book say of purchases.
    pub(super) async fn standing(&self, holder: Holder) -> Result<Standing, Error> {
        let read = self.ledger().wallet(holder.wallet).await?;
        let has_payments = self.parts.payments.is_set_up();
        Ok(Standing { refusal: refusal(&read.wallet), has_payments })
    }
}

/// Why an account takes no purchase.
fn refusal(wallet: &Wallet) -> Option<Refusal> {
    match wallet.balances.status {
        Status::Paused => Some(Refusal::Paused),
        Status::Suspended => Some(Refusal::Suspended),
        Status::Active => is_full(wallet).then_some(Refusal::Limit(Limit::OpenGrants)),
    }
}

/// Whether another grant would be one too many.
pub(crate) fn is_full(wallet: &Wallet) -> bool {
    wallet.grants().len() >= OPEN_GRANTS_MAX
}

/// What it costs a user.
pub(super) fn price(
    rates: &PurchaseRates,
    user: UserId,
    ask: &PurchaseAsk,
) -> Result<PurchasePrice, Error> {
    let terms = PurchaseTerms { package: package_rate(user), promotion: None };
    let price = rates.price(ask.credits, &terms);
    price.ok_or_else(|| Error::invalid("/amount", "costs more than can be paid at once"))
}

/// What of a price stands in the way: there are no promotions yet.
pub(super) fn in_price(
    rates: &PurchaseRates,
    price: &PurchasePrice,
    promotion: Option<&PromotionCode>,
) -> Option<Hindrance> {
    if promotion.is_some() {
        return Some(Hindrance::UnknownPromotion);
    }
    let below = Hindrance::BelowMinimum(rates.payment_min);
    (!rates.is_payable(price)).then_some(below)
}
