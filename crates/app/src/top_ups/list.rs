//! Everybody's top-ups, for staff.

use domain::TopUpStatus;
use store::top_ups;

use super::spent;
use super::view::TopUpView;
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::page::{Listed, Page};

impl App {
    /// What users agreed to and how it stands, the last that changed first.
    pub async fn list_top_ups(
        &self,
        caller: &Caller,
        status: Option<TopUpStatus>,
        page: Page,
    ) -> Result<Listed<TopUpView>, Error> {
        caller.check_oversight()?;
        let (word, now) = (status.map(TopUpStatus::as_str), self.ledger().time()?);
        let read = self.read(move |tx| {
            Box::pin(async move {
                let total = tx.one(top_ups::count(word)).await?;
                let mut rows = Vec::new();
                for settings in tx.all(top_ups::list(word, page.rows())).await? {
                    let of = (settings.terms.user_id, settings.terms.currency.as_str());
                    let spent = spent(tx, of, now).await?;
                    rows.push((settings, spent));
                }
                Ok((total, rows))
            })
        });
        let (total, rows) = read.await?;
        let items = rows.into_iter().map(|(settings, spent)| TopUpView::of(settings, spent, now));
        Ok(Listed { items: items.collect::<Result<_, _>>()?, total, page })
    }
}
