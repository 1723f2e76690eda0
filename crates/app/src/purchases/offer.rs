//! What a purchase would cost, and what stands in its way.

use domain::{
    Cents, Limit, NotApplicable, Promotion, PurchasePrice, PurchaseTerms, Refusal, Status, Time,
    UserId,
};
use ledger::Wallet;
use store::Tx;

use super::quote::KeptPrice;
use super::{PurchaseAsk, PurchaseQuote};
use crate::App;
use crate::callers::Caller;
use crate::charge::check_amount;
use crate::error::Error;
use crate::ledger::{How, SubmitError};
use crate::promotions::{Holding, holding};
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
    /// The promotion in it.
    pub promotion: Option<Promotion>,
    /// What stands in the way.
    pub hindrance: Option<Hindrance>,
    /// The price promised for a while, where nothing does.
    pub quote: Option<PurchaseQuote>,
}

/// What stands in the way of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// The promotion that was asked for does not hold.
    Promotion(NotApplicable),
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
            Hindrance::Promotion(why) => not_applicable(why, How::Applied),
            Hindrance::BelowMinimum(least) => Self::BelowMinimum { least },
            Hindrance::Refused(refusal) => {
                SubmitError::Refused { refusal, how: How::Applied }.into()
            }
            Hindrance::PaymentsNotSetUp => Self::PaymentsNotSetUp,
        }
    }
}

/// What a promotion that does not hold is to who asked for it.
pub(super) const fn not_applicable(why: NotApplicable, how: How) -> Error {
    Error::Promotion { why, how, field: "/promotion_code" }
}

/// What an account and a book say of purchases, whatever they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) refusal: Option<Refusal>,
    pub(super) has_payments: bool,
    /// Whether a payment that a buyer names is to be believed.
    pub(super) believes_names: bool,
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
        let (at, asked) = (self.ledger().time()?, ask.clone());
        self.try_code(holder.user, ask.promotion.as_ref(), None).await?;
        let priced = self
            .read(move |tx| Box::pin(async move { priced(tx, holder.user, &asked, at).await }))
            .await?;
        let hindrance = priced
            .hindrance
            .or(standing.refusal.map(Hindrance::Refused))
            .or((!standing.has_payments).then_some(Hindrance::PaymentsNotSetUp));
        let quote = match hindrance {
            None => Some(self.promise(holder.user, &ask, (priced.kept(), priced.quote_seconds))?),
            Some(_) => None,
        };
        let Priced { price, promotion, .. } = priced;
        Ok(PurchaseOffer { price, promotion, hindrance, quote })
    }

    /// What the buyer's account and the book say of purchases.
    pub(crate) async fn standing(&self, holder: Holder) -> Result<Standing, Error> {
        let read = self.ledger().wallet(holder.wallet).await?;
        let has_payments = self.parts.payments.is_set_up();
        let believes_names = self.parts.payments.believes_names();
        Ok(Standing { refusal: refusal(&read.wallet), has_payments, believes_names })
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

/// A price by the rates, package and promotion of now, and what of it stands in
/// the way.
pub(super) struct Priced {
    pub(super) price: PurchasePrice,
    pub(super) promotion: Option<Promotion>,
    pub(super) hindrance: Option<Hindrance>,
    pub(super) quote_seconds: i64,
}

impl Priced {
    pub(super) fn kept(&self) -> KeptPrice {
        KeptPrice::of(&self.price, self.promotion.as_ref())
    }
}

/// What it costs a user: the one function that every price is from.
pub(super) async fn priced(
    tx: &mut Tx,
    user: UserId,
    ask: &PurchaseAsk,
    at: Time,
) -> Result<Priced, Error> {
    let dear = || Error::invalid("/amount", "costs more than can be paid at once");
    let rates = rates::find(tx).await?;
    let (package, quote_seconds) = (package_rate(tx, user, at).await?, rates.quote_seconds);
    let plain = rates.price(ask.credits, &PurchaseTerms { package, promotion: None });
    let plain = plain.ok_or_else(dear)?;
    let of = Holding { user, code: ask.promotion.as_ref(), price: plain.total, at };
    let promotions = match holding(tx, &of).await? {
        Ok(promotions) => promotions,
        Err(why) => {
            let hindrance = Some(Hindrance::Promotion(why));
            return Ok(Priced { price: plain, promotion: None, hindrance, quote_seconds });
        }
    };
    let below = Some(Hindrance::BelowMinimum(rates.payment_min));
    if let Some(asked) = promotions.iter().find(|one| one.terms.code.is_some()) {
        let price = rates.with(ask.credits, package, asked).ok_or_else(dear)?;
        if !rates.is_payable(&price) {
            let promotion = Some(asked.clone());
            return Ok(Priced { price, promotion, hindrance: below, quote_seconds });
        }
    }
    let chosen = rates.choose(ask.credits, package, &promotions).ok_or_else(dear)?;
    let (price, promotion) = (chosen.price, chosen.promotion.cloned());
    let hindrance = if rates.is_payable(&price) { None } else { below };
    Ok(Priced { price, promotion, hindrance, quote_seconds })
}
