//! Purchases: credits for money. A purchase is an intent row, then the payment,
//! then the grant, then done; a crash anywhere and a retry, or the finisher,
//! grants once. This module must not know who takes payments.

mod begin;
mod finish;
mod kept;
mod list;
mod mail;
mod named;
mod needed;
mod offer;
mod pay;
mod quote;
mod steps;
mod view;

use domain::{
    Credits, Description, IdempotencyKey, PaymentIntent, PaymentMethod, PromotionCode, QuoteToken,
    Scope,
};
use gateway::Way;

use crate::App;
use crate::callers::Caller;
use crate::charge::check_amount;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::SubmitError;
use crate::prepared::Answer;
use crate::requests::Keyed;
use crate::transactions::Transaction;
use crate::wallets::{Holder, Whose};

pub use named::TestPaymentAct;
pub use needed::PaymentNeeded;
pub use offer::{Hindrance, PurchaseOffer};
pub use quote::PurchaseQuote;
pub use view::{Breakdown, PurchaseState, PurchaseView, Receipt};

pub(crate) use kept::{KeptProgress, KeptPurchase, Unpayable};
pub(crate) use offer::is_full;

use begin::{Beginning, Begun};
use quote::Promised;

/// The operation in a key's scope.
const OPERATION: &str = "purchases.create";

/// What somebody thinks of buying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseAsk {
    /// For whom.
    pub whose: Whose,
    /// How many.
    pub credits: Credits,
    /// To pay less.
    pub promotion: Option<PromotionCode>,
}

/// A purchase that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseRequest {
    /// What is bought.
    pub ask: PurchaseAsk,
    /// In words.
    pub description: Description,
    /// The payment that was made for it.
    pub intent: Option<PaymentIntent>,
    /// What pays for it without anybody's help.
    pub method: Option<PaymentMethod>,
    /// The price that was promised.
    pub quote: Option<QuoteToken>,
}

/// A payment to be begun for a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequest {
    /// What is bought; it names no payment.
    pub purchase: PurchaseRequest,
    /// Where the provider's page leads on to, if it is paid on one.
    pub page: Option<PageUrls>,
}

/// Where a page leads on to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageUrls {
    /// Once it is paid.
    pub success_url: String,
    /// If it is not.
    pub cancel_url: String,
}

/// A purchase that is wanted, however it is paid.
struct Wanted {
    key: Option<IdempotencyKey>,
    request: PurchaseRequest,
    way: Way,
    operation: &'static str,
}

impl App {
    /// Buys credits, once: by its key, and by its payment.
    pub async fn purchase(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: PurchaseRequest,
    ) -> Result<Answer<Transaction>, Error> {
        let way = Way::Intent(request.method.clone());
        let wanted = Wanted { key, request, way, operation: OPERATION };
        let (holder, keyed, scope, begun) = self.begin_wanted(caller, wanted).await?;
        match begun {
            Begun::Refused(refusal, how) => Err(SubmitError::Refused { refusal, how }.into()),
            Begun::Spent(why, how) => Err(offer::not_applicable(why, how)),
            Begun::Purchase(id) => {
                let done = self.carry_on(id).await?;
                if let Some(keyed) = keyed {
                    self.keep_answer(keyed, scope, &done).await?;
                }
                self.show_purchase(holder.user, &done).await
            }
        }
    }

    /// Begins a payment that a client's own page confirms, or that is made on a
    /// page of the provider's. A key begins it once and answers how far it is.
    pub async fn begin_payment(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: PaymentRequest,
    ) -> Result<PaymentNeeded, Error> {
        let PaymentRequest { purchase, page } = request;
        let (way, operation) = match page {
            None => (Way::Intent(None), "payments.intent"),
            Some(PageUrls { success_url, cancel_url }) => {
                (Way::Checkout { success_url, cancel_url }, "payments.checkout")
            }
        };
        let wanted = Wanted { key, request: purchase, way, operation };
        let (_, _, _, begun) = self.begin_wanted(caller, wanted).await?;
        match begun {
            Begun::Refused(refusal, how) => Err(SubmitError::Refused { refusal, how }.into()),
            Begun::Spent(why, how) => Err(offer::not_applicable(why, how)),
            Begun::Purchase(id) => match self.carry_on(id).await {
                Err(Error::PaymentRequired(needed)) => Ok(*needed),
                Ok(_) => self.show_paid(id).await,
                Err(error) => Err(error),
            },
        }
    }

    async fn begin_wanted(
        &self,
        caller: &Caller,
        wanted: Wanted,
    ) -> Result<(Holder, Option<Keyed>, String, Begun), Error> {
        let Wanted { key, request, way, operation } = wanted;
        check_amount(request.ask.credits)?;
        let holder = self.buyer(caller, &request.ask.whose).await?;
        let promised = self.promised(holder, &request)?;
        let said = canonical(operation, holder, &request);
        let keyed = key.map(|key| self.keyed(operation, key, way_said(said, &way)));
        let act = self.act(caller)?;
        let standing = self.standing(holder).await?;
        // What is promised was found before.
        let code = request.ask.promotion.clone().filter(|_| promised.is_none());
        let beginning = Beginning {
            is_own: caller.user() == Some(holder.user),
            holder,
            act,
            keyed: keyed.clone(),
            request,
            promised,
            standing,
            way,
            reference: self.entropy().bytes(),
        };
        let scope = beginning.scope();
        let asked = keyed.clone().map(|keyed| (scope.clone(), keyed));
        self.try_code(holder.user, code.as_ref(), asked).await?;
        let begun = self.begin_purchase(beginning).await?;
        Ok((holder, keyed, scope, begun))
    }

    /// Who would get the credits: their owner may buy, and so may whoever may
    /// give or spend them.
    pub(crate) async fn buyer(&self, caller: &Caller, whose: &Whose) -> Result<Holder, Error> {
        let gives = caller.reaches(Scope::CreditsGrant);
        let scope = if gives { Scope::CreditsGrant } else { Scope::CreditsSpend };
        self.holder(caller, scope, whose).await
    }

    /// The price a request's quote promises it.
    fn promised(
        &self,
        holder: Holder,
        request: &PurchaseRequest,
    ) -> Result<Option<Promised>, Error> {
        let Some(token) = &request.quote else { return Ok(None) };
        let promised = self.open_quote(token)?;
        if promised.is_for(holder.user, &request.ask) {
            return Ok(Some(promised));
        }
        Err(Error::invalid("/quote", "is for another purchase: another user, amount or promotion"))
    }
}

fn canonical(operation: &str, holder: Holder, request: &PurchaseRequest) -> Canonical {
    Canonical::of(operation)
        .number("user", holder.user.number())
        .number("amount", request.ask.credits.micros())
        .text("description", request.description.as_str())
        .maybe_text("intent", request.intent.as_ref().map(PaymentIntent::as_str))
        .maybe_text("method", request.method.as_ref().map(PaymentMethod::as_str))
        .maybe_text("promotion", request.ask.promotion.as_ref().map(PromotionCode::as_str))
}

fn way_said(said: Canonical, way: &Way) -> Canonical {
    match way {
        Way::Checkout { success_url, cancel_url } => {
            said.text("success_url", success_url).text("cancel_url", cancel_url)
        }
        Way::Intent(_) | Way::Kept(_) => said,
    }
}
