//! Finding promotions and their uses.

use domain::{Promotion, PromotionId, Scope};
use store::{promotions, redemptions};

use super::row::{promotion, redemption};
use super::{PromotionView, RedemptionView};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::page::{Listed, Page};
use crate::wallets::Whose;

impl App {
    /// Promotions, newest first, those that are over too.
    pub async fn list_promotions(
        &self,
        caller: &Caller,
        page: Page,
    ) -> Result<Listed<Promotion>, Error> {
        caller.check(Scope::Admin)?;
        let found = self.read(move |tx| {
            Box::pin(async move {
                let total = tx.one(promotions::count()).await?;
                Ok((total, tx.all(promotions::list(page.rows())).await?))
            })
        });
        let (total, rows) = found.await?;
        let items = rows.iter().map(promotion).collect::<Result<_, _>>()?;
        Ok(Listed { items, total, page })
    }

    /// A promotion with a page of its uses.
    pub async fn get_promotion(
        &self,
        caller: &Caller,
        id: PromotionId,
        page: Page,
    ) -> Result<PromotionView, Error> {
        caller.check(Scope::Admin)?;
        let id = id.number();
        let found = self.read(move |tx| {
            Box::pin(async move {
                let row = tx.opt(promotions::by_id(id)).await?.ok_or(Error::NotFound)?;
                let total = tx.one(redemptions::count_of_promotion(id)).await?;
                Ok((row, total, tx.all(redemptions::of_promotion(id, page.rows())).await?))
            })
        });
        let (row, total, rows) = found.await?;
        let items = rows.iter().map(redemption).collect::<Result<_, _>>()?;
        let redemptions = Listed { items, total, page };
        Ok(PromotionView { promotion: promotion(&row)?, redemptions })
    }

    /// The promotions a user used, newest first.
    pub async fn list_redemptions(
        &self,
        caller: &Caller,
        whose: Whose,
        page: Page,
    ) -> Result<Listed<RedemptionView>, Error> {
        let user = self.holder(caller, Scope::CreditsRead, &whose).await?.user.number();
        let found = self.read(move |tx| {
            Box::pin(async move {
                let total = tx.one(redemptions::count_of_user(user)).await?;
                Ok((total, tx.all(redemptions::of_user(user, page.rows())).await?))
            })
        });
        let (total, rows) = found.await?;
        let items = rows.iter().map(redemption).collect::<Result<_, _>>()?;
        Ok(Listed { items, total, page })
    }
}
