//! Purchases: credits for money. A purchase is an intent row, then the payment,
//! then the grant, then done; a crash anywhere and a retry, or the finisher,
//! grants once. This module must not know who takes payments.

mod begin;
mod finish;
mod list;
mod offer;
mod quote;
mod steps;
mod view;

use domain::{
    Credits, Description, IdempotencyKey, PaymentIntent, PromotionCode, QuoteToken, Scope,
};

use crate::App;
use crate::callers::Caller;
use crate::charge::check_amount;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::SubmitError;
use crate::prepared::Answer;
use crate::transactions::Transaction;
use crate::wallets::{Holder, Whose};

pub use offer::{Hindrance, PurchaseOffer};
pub use quote::PurchaseQuote;
pub use view::{Breakdown, PurchaseState, PurchaseView, Receipt};

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
    /// The price that was promised.
    pub quote: Option<QuoteToken>,
}

impl App {
    /// Buys credits, once: by its key, and by its payment.
    pub async fn purchase(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: PurchaseRequest,
    ) -> Result<Answer<Transaction>, Error> {
        check_amount(request.ask.credits)?;
        let holder = self.buyer(caller, &request.ask.whose).await?;
        let promised = self.promised(holder, &request)?;
        let keyed = key.map(|key| self.keyed(OPERATION, key, canonical(holder, &request)));
        let act = self.act(caller)?;
        let standing = self.standing(holder).await?;
        let beginning = Beginning {
            is_own: caller.user() == Some(holder.user),
            holder,
            act,
            keyed: keyed.clone(),
            request,
            promised,
            standing,
            reference: self.entropy().bytes(),
        };
        let scope = beginning.scope();
        match self.begin_purchase(beginning).await? {
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

fn canonical(holder: Holder, request: &PurchaseRequest) -> Canonical {
    Canonical::of(OPERATION)
        .number("user", holder.user.number())
        .number("amount", request.ask.credits.micros())
        .text("description", request.description.as_str())
        .maybe_text("intent", request.intent.as_ref().map(PaymentIntent::as_str))
        .maybe_text("promotion", request.ask.promotion.as_ref().map(PromotionCode::as_str))
}
