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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeptProgress {
    /// The credits are there.
    Bought,
    /// The money is on its way.
    Awaited,
    /// It does not come without somebody's help.
    Declined(&'static str),
    /// Nothing comes of it.
    Failed,
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
            Err(Error::PaymentCancelled) => Ok(KeptProgress::Failed),
            Err(Error::PaymentRequired(needed)) => Ok(match needed.status {
                "processing" => KeptProgress::Awaited,
                "requires_action" => KeptProgress::Declined("authentication_required"),
                _ => KeptProgress::Declined("declined"),
            }),
            // What is to pay is nothing the provider takes.
            Err(Error::Invalid(_)) => Ok(KeptProgress::Declined("payment_method_refused")),
            Err(error) => Err(error),
        }
    }

    /// Ends one that was declined: with the provider first, so that nothing comes in
    /// for it afterwards. One that it never took is nothing to it.
    pub(crate) async fn end_kept(&self, id: PurchaseId) -> Result<KeptProgress, Error> {
        match self.end(id).await {
            // It may have been paid at the last moment.
            Ok(()) | Err(Error::PaymentRequired(_)) => self.carry_on_kept(id).await,
            Err(Error::Invalid(_)) => self.give_up_unnamed(id).await,
            Err(error) => Err(error),
        }
    }

    async fn give_up_unnamed(&self, id: PurchaseId) -> Result<KeptProgress, Error> {
        let (number, at) = (id.number(), self.ledger().time()?);
        self.write(move |tx| {
            Box::pin(async move {
                if tx.one(purchases::by_id(number)).await?.of.payment_intent.is_some() {
                    return Ok(());
                }
                if tx.exec(purchases::fail(number, at)).await?.at_most_one()? {
                    tx.exec(payments::fail(number, "refused")).await?.at_most_one()?;
                    crate::promotions::free(tx, id, at).await?;
                }
                Ok(())
            })
        })
        .await?;
        self.carry_on_kept(id).await
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
