//! What Stripe tells us, and the pages it has for our users. An event is a hint:
//! it is kept, and what it is about is looked at behind it, so that lost, late,
//! doubled and shuffled events end the same.

mod billing;
mod movements;
mod receive;
mod reconcile;
mod records;
mod sell;

use domain::Scope;

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::wallets::Whose;

pub use billing::BillingView;
pub use reconcile::ReconciliationView;

impl App {
    /// Whether Stripe takes this book's payments.
    pub(crate) fn has_stripe(&self) -> bool {
        self.parts.payments.knows_customers()
    }

    /// The page where somebody looks after what they pay with.
    pub async fn open_portal(
        &self,
        caller: &Caller,
        whose: Whose,
        return_url: &str,
    ) -> Result<String, Error> {
        let gives = caller.reaches(Scope::CreditsGrant);
        let scope = if gives { Scope::CreditsGrant } else { Scope::CreditsSpend };
        let holder = self.holder(caller, scope, &whose).await?;
        let customer = self.customer_of(holder.user).await?;
        Ok(self.parts.payments.portal(customer.as_ref(), return_url).await?)
    }
}
