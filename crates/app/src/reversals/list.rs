//! Refunds and chargebacks as staff look at them.

use domain::{PaymentIntent, ReversalId, ReversalKind};
use store::reversals;

use super::{ReversalView, Synced};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::page::{Listed, Page};

impl App {
    /// Everyone's, newest first.
    pub async fn list_reversals(
        &self,
        caller: &Caller,
        kind: Option<ReversalKind>,
        page: Page,
    ) -> Result<Listed<ReversalView>, Error> {
        caller.check_oversight()?;
        let kind = kind.map(ReversalKind::as_str);
        let (total, rows) = self
            .read(move |tx| {
                Box::pin(async move {
                    let total = tx.one(reversals::count(kind)).await?;
                    Ok((total, tx.all(reversals::list(kind, page.rows())).await?))
                })
            })
            .await?;
        let items = rows.iter().map(ReversalView::of).collect::<Result<_, _>>()?;
        Ok(Listed { items, total, page })
    }

    /// One of them.
    pub async fn get_reversal(
        &self,
        caller: &Caller,
        id: ReversalId,
    ) -> Result<ReversalView, Error> {
        caller.check_oversight()?;
        let row = self.opt(reversals::by_id(id.number())).await?;
        ReversalView::of(&row.ok_or(Error::NotFound)?)
    }

    /// Asks the provider what went back of a payment, and tells what is known then.
    pub async fn sync_payment(
        &self,
        caller: &Caller,
        intent: &PaymentIntent,
    ) -> Result<(Synced, Vec<ReversalView>), Error> {
        if !caller.removes() {
            return Err(Error::Forbidden);
        }
        let synced = self.sync_refunds(intent).await?;
        if synced == Synced::Unknown {
            return Err(Error::NotFound);
        }
        Ok((synced, self.reversals_of(intent).await?))
    }

    /// Those of a payment, oldest first.
    pub(crate) async fn reversals_of(
        &self,
        intent: &PaymentIntent,
    ) -> Result<Vec<ReversalView>, Error> {
        let rows = self.all(reversals::of_payment(intent.as_str())).await?;
        rows.iter().map(ReversalView::of).collect()
    }
}
