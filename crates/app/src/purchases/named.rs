//! Payments by their names: what a provider's event is about, and what somebody
//! does about one in a test book.

use data_encoding::HEXLOWER;
use domain::{Mode, PaymentIntent, PurchaseId};
use gateway::TestAct;
use store::{payments, purchases};

use super::PaymentNeeded;
use crate::App;
use crate::error::{Error, stored};

/// What somebody does about a payment of a test book, as a payer would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestPaymentAct {
    /// Pays it, or does what the bank asks for.
    Pay,
    /// Has the bank refuse it.
    Decline,
}

impl From<TestPaymentAct> for TestAct {
    fn from(act: TestPaymentAct) -> Self {
        match act {
            TestPaymentAct::Pay => Self::Pay,
            TestPaymentAct::Decline => Self::Decline,
        }
    }
}

impl App {
    /// Takes whatever steps are left of the purchase that a payment is for. One
    /// that nobody asked for is none of ours.
    pub async fn settle_payment(&self, intent: &PaymentIntent) -> Result<(), Error> {
        let name = intent.as_str().to_owned();
        let found = self.read(move |tx| {
            Box::pin(async move {
                let found = tx.opt(purchases::by_intent(&name)).await?;
                Ok(found.map(|purchase| purchase.id))
            })
        });
        self.settle(found.await?).await
    }

    /// The same of the page that it is paid on.
    pub async fn settle_checkout(&self, checkout: &str) -> Result<(), Error> {
        let found = self.opt(payments::by_checkout(checkout)).await?;
        self.settle(found).await
    }

    /// What a page's payment is called, once that is known.
    pub(crate) async fn payment_of_checkout(
        &self,
        checkout: &str,
    ) -> Result<Option<PaymentIntent>, Error> {
        let name = checkout.to_owned();
        let found = self.read(move |tx| {
            Box::pin(async move {
                let Some(id) = tx.opt(payments::by_checkout(&name)).await? else { return Ok(None) };
                Ok(tx.one(purchases::by_id(id)).await?.of.payment_intent)
            })
        });
        let intent = found.await?.as_deref().map(PaymentIntent::parse).transpose();
        intent.map_err(stored("payment"))
    }

    async fn settle(&self, found: Option<i64>) -> Result<(), Error> {
        let Some(id) = found else { return Ok(()) };
        match self.carry_on(PurchaseId::from_number(id)).await {
            Ok(_) | Err(Error::PaymentRequired(_) | Error::PaymentCancelled) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// How far the payment of a test book's page is; its name is its reference.
    pub async fn test_payment(&self, page: &str) -> Result<PaymentNeeded, Error> {
        let id = self.find_test_payment(page).await?;
        match self.carry_on(id).await {
            Err(Error::PaymentRequired(needed)) => Ok(*needed),
            Ok(_) => self.show_paid(id).await,
            Err(error) => Err(error),
        }
    }

    /// Does about a payment of a test book what a payer would.
    pub async fn act_on_test_payment(
        &self,
        page: &str,
        act: TestPaymentAct,
    ) -> Result<PaymentNeeded, Error> {
        let id = self.find_test_payment(page).await?;
        let (number, word) = (id.number(), TestAct::from(act).as_str());
        let write = self.write(move |tx| {
            Box::pin(async move {
                Ok(tx.exec(payments::act(number, word)).await?.at_most_one().map(drop)?)
            })
        });
        write.await?;
        self.test_payment(page).await
    }

    async fn find_test_payment(&self, page: &str) -> Result<PurchaseId, Error> {
        if self.mode() != Mode::Test || !self.parts.payments.believes_names() {
            return Err(Error::NotFound);
        }
        let digits = page.strip_prefix("cs_test_").ok_or(Error::NotFound)?;
        let bytes = HEXLOWER.decode(digits.as_bytes()).map_err(|_| Error::NotFound)?;
        let reference: [u8; 16] = bytes.try_into().map_err(|_| Error::NotFound)?;
        let found = self.opt(purchases::by_reference(&reference)).await?;
        found.map(PurchaseId::from_number).ok_or(Error::NotFound)
    }
}
