//! Purchases that nobody asks for now: somebody agreed to them before, and they are
//! paid by a method that is kept. Everything else about them is as of any other.

use domain::{Cents, Credits, Currency, Description, PaymentMethod, PurchaseId, Refusal, Time};
use gateway::Way;
use store::{Tx, payments, purchases};

use super::begin::{Beginning, Begun, begin};
use super::offer::{Hindrance, priced};
use super::steps::currency;
use super::{PurchaseAsk, PurchaseRequest};
use crate::App;
use crate::callers::Caller;
use crate::error::{Error, stored};
use crate::ledger::SubmitError;
use crate::wallets::{Holder, Whose};

/// What a bank wants that the payer has to do.
const ASKS: &str = "authentication_required";

/// A purchase by a kept method that has not begun.
pub(crate) struct KeptPurchase(Beginning);

/// Why one can't be begun, whoever tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unpayable {
    /// The payment would be less than the least there is, which is this.
    BelowMinimum(Cents),
    /// It is more than can be paid at once.
    TooDear,
    /// Nobody takes payments.
    PaymentsNotSetUp,
}

/// How far one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeptProgress {
    /// The credits are there.
    Bought,
    /// The money is on its way.
    Awaited,
    /// It does not come without somebody's help.
    Declined(&'static str),
    /// Nothing comes of it, for that reason.
    Failed(String),
}

impl App {
    /// Prepares one, as of now.
    pub(crate) async fn kept_purchase(
        &self,
        holder: Holder,
        credits: Credits,
        (method, words): (PaymentMethod, &str),
    ) -> Result<KeptPurchase, Error> {
        let ask = PurchaseAsk { whose: Whose::User(holder.user), credits, promotion: None };
        let request = PurchaseRequest {
            ask,
            description: Description::parse(words).map_err(stored("description"))?,
            intent: None,
            method: Some(method.clone()),
            quote: None,
        };
        Ok(KeptPurchase(Beginning {
            holder,
            is_own: false,
            act: self.act(&Caller::SYSTEM)?,
            keyed: None,
            request,
            promised: None,
            standing: self.standing(holder).await?,
            way: Way::Kept(method),
            reference: self.entropy().bytes(),
        }))
    }

    /// Takes the steps that are left of one.
    pub(crate) async fn carry_on_kept(&self, id: PurchaseId) -> Result<KeptProgress, Error> {
        match self.carry_on(id).await {
            Ok(_) => Ok(KeptProgress::Bought),
            // What is to pay may be nothing the provider takes: it was refused and ended.
            Err(Error::PaymentCancelled | Error::Invalid(_)) => self.failure(id).await,
            Err(Error::PaymentRequired(needed)) => Ok(match needed.status {
                "processing" => KeptProgress::Awaited,
                "requires_action" => KeptProgress::Declined(ASKS),
                _ if needed.declined.as_deref().is_some_and(|why| why.contains(ASKS)) => {
                    KeptProgress::Declined(ASKS)
                }
                _ => KeptProgress::Declined("declined"),
            }),
            Err(error) => Err(error),
        }
    }

    /// Ends one that was declined: with the provider first, so that nothing comes in
    /// for it afterwards.
    pub(crate) async fn end_kept(
        &self,
        id: PurchaseId,
        why: &'static str,
    ) -> Result<KeptProgress, Error> {
        match self.end(id, why).await {
            // It may have been paid at the last moment.
            Ok(()) | Err(Error::PaymentRequired(_)) => self.carry_on_kept(id).await,
            Err(error) => Err(error),
        }
    }

    async fn failure(&self, id: PurchaseId) -> Result<KeptProgress, Error> {
        let payment = self.opt(payments::of_purchase(id.number())).await?;
        let failure = payment.and_then(|payment| payment.failure);
        Ok(KeptProgress::Failed(failure.unwrap_or_else(|| "cancelled".to_owned())))
    }
}

impl KeptPurchase {
    /// When it would begin.
    pub(crate) const fn at(&self) -> Time {
        self.0.act.at
    }

    /// What it would cost, by the function that every price is from.
    pub(crate) async fn price(
        &self,
        tx: &mut Tx,
    ) -> Result<Result<(Cents, Currency), Unpayable>, Error> {
        if !self.0.standing.has_payments {
            return Ok(Err(Unpayable::PaymentsNotSetUp));
        }
        match priced(tx, self.0.holder.user, &self.0.request.ask, self.at()).await {
            Ok(priced) => Ok(match priced.hindrance {
                Some(Hindrance::BelowMinimum(least)) => Err(Unpayable::BelowMinimum(least)),
                _ => Ok((priced.price.total, priced.price.currency)),
            }),
            Err(Error::Invalid(_)) => Ok(Err(Unpayable::TooDear)),
            Err(error) => Err(error),
        }
    }

    /// Begins it; what it costs. Nothing is begun where its account takes none.
    pub(crate) async fn begin(
        &self,
        tx: &mut Tx,
    ) -> Result<Result<(PurchaseId, Cents, Currency), Refusal>, Error> {
        let id = match begin(tx, &self.0).await? {
            Begun::Purchase(id) => id,
            Begun::Refused(refusal, _) => return Ok(Err(refusal)),
            // Its price is another one by now.
            Begun::Spent(..) => return Err(SubmitError::Overloaded.into()),
        };
        let of = tx.one(purchases::by_id(id.number())).await?.of;
        Ok(Ok((id, Cents::from_count(of.cents), currency(&of.currency)?)))
    }
}
