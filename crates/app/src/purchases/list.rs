//! Purchases that were made, and their receipts.

use domain::{Mode, PurchaseId, Scope};
use store::purchases::{self, Purchase};

use super::view::{PurchaseState, PurchaseView, Receipt};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::page::{Listed, Page};
use crate::users::UserKey;
use crate::wallets::Whose;
use crate::words::Words;

impl App {
    /// Purchases, newest first.
    pub async fn list_purchases(
        &self,
        caller: &Caller,
        whose: Whose,
        page: Page,
    ) -> Result<Listed<PurchaseView>, Error> {
        let user = self.holder(caller, Scope::CreditsRead, &whose).await?.user.number();
        let (total, rows) = self
            .read(move |tx| {
                Box::pin(async move {
                    let total = tx.one(purchases::count_of_user(user)).await?;
                    Ok((total, tx.all(purchases::of_user(user, page.rows())).await?))
                })
            })
            .await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            items.push(self.show_bought(row).await?);
        }
        Ok(Listed { items, total, page })
    }

    /// One purchase; to whom it is not theirs to see there is none.
    pub async fn get_purchase(
        &self,
        caller: &Caller,
        id: PurchaseId,
    ) -> Result<PurchaseView, Error> {
        caller.check(Scope::CreditsRead)?;
        let row = self.opt(purchases::by_id(id.number())).await?.ok_or(Error::NotFound)?;
        if !caller.may(Scope::CreditsRead, domain::UserId::from_number(row.of.user_id)) {
            return Err(Error::NotFound);
        }
        self.show_bought(&row).await
    }

    /// What proves a purchase; there is none before the money is in.
    pub async fn receipt(&self, caller: &Caller, id: PurchaseId) -> Result<Receipt, Error> {
        let purchase = self.get_purchase(caller, id).await?;
        if !matches!(purchase.state, PurchaseState::Granting | PurchaseState::Done) {
            return Err(Error::NotFound);
        }
        let user = self.get_user(&Caller::SYSTEM, UserKey::Id(purchase.user)).await?;
        let is_test = self.mode() == Mode::Test;
        Ok(Receipt { purchase, name: user.name, email: user.email, is_test })
    }

    /// A purchase with its words and with what went back of it.
    async fn show_bought(&self, row: &Purchase) -> Result<PurchaseView, Error> {
        let mut view = PurchaseView::of(row)?;
        if let Some(intent) = &view.intent {
            view.reversals = self.reversals_of(intent).await?;
        }
        if let Some(seq) = row.seq {
            let recorded = self.ledger().record(seq).await?;
            let recorded = recorded.ok_or_else(|| Error::internal("a record is not there"))?;
            view.description =
                recorded.words.as_deref().map(Words::read).unwrap_or_default().description;
            view.granted_at = Some(recorded.record.at);
        }
        Ok(view)
    }
}
