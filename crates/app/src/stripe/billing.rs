//! What somebody was billed, as they may look at it.

use domain::Scope;
use gateway::CustomerId;

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::page::{Listed, Page};
use crate::purchases::PurchaseView;
use crate::wallets::Whose;

/// What somebody was billed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingView {
    /// What the provider calls them, once it was told of them.
    pub customer: Option<CustomerId>,
    /// What they paid or are to pay, newest first.
    pub payments: Listed<PurchaseView>,
}

impl App {
    /// What somebody was billed, from our own rows: nobody is asked.
    pub async fn customer_billing(
        &self,
        caller: &Caller,
        whose: Whose,
        page: Page,
    ) -> Result<BillingView, Error> {
        let holder = self.holder(caller, Scope::CreditsRead, &whose).await?;
        let customer = self.find_customer(holder.user).await?;
        let payments = self.list_purchases(caller, Whose::User(holder.user), page).await?;
        Ok(BillingView { customer, payments })
    }
}
