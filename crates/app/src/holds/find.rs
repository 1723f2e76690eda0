//! Reading holds: what is due is settled first.

use domain::{HoldId, HoldStatus, Scope};
use ledger::Hold;
use store::projections;

use super::{HoldView, Placed};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::page::{Listed, Page};
use crate::transactions::{Row, find_row};
use crate::wallets::Whose;

impl App {
    /// A hold.
    pub async fn get_hold(&self, caller: &Caller, id: HoldId) -> Result<HoldView, Error> {
        let placed = self.hold_to_read(caller, id).await?;
        let read = self.ledger().wallet(placed.wallet).await?;
        if let Some(hold) = read.wallet.hold(id) {
            return Ok(HoldView::of(placed.as_placed(), hold));
        }
        self.ledger().projected().await?;
        let hold = self
            .read(move |tx| Box::pin(async move { Ok(projections::find_hold(tx, id).await?) }))
            .await?
            .ok_or(Error::NotFound)?;
        Ok(HoldView::of(placed.as_placed(), &hold))
    }

    /// Holds, newest first.
    pub async fn list_holds(
        &self,
        caller: &Caller,
        whose: Whose,
        status: Option<HoldStatus>,
        page: Page,
    ) -> Result<Listed<HoldView>, Error> {
        let holder = self.holder(caller, Scope::CreditsRead, &whose).await?;
        self.ledger().wallet(holder.wallet).await?;
        self.ledger().projected().await?;
        let (total, rows): (i64, Vec<(Row, Hold)>) = self
            .read(move |tx| {
                Box::pin(async move {
                    let total = projections::count_holds(tx, holder.wallet, status).await?;
                    let holds =
                        projections::list_holds(tx, holder.wallet, status, page.rows()).await?;
                    let mut rows = Vec::with_capacity(holds.len());
                    for hold in holds {
                        rows.push((find_row(tx, hold.id.0).await?, hold));
                    }
                    Ok((total, rows))
                })
            })
            .await?;
        let view = |(row, hold): (Row, Hold)| {
            let words = row.words.as_deref();
            HoldView::of(Placed { user: holder.user, record: &row.record, words }, &hold)
        };
        Ok(Listed { items: rows.into_iter().map(view).collect(), total, page })
    }
}
