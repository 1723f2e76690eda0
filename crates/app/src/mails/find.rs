//! Reading the queue of mails.

use domain::{MailKind, Time, UserId};
use store::mails::{self, Filter, Mail};

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::page::{Listed, Page};

/// Which mails: all of what is said must fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailFilter {
    /// To that user.
    pub user: Option<UserId>,
    /// Of that kind.
    pub kind: Option<MailKind>,
}

/// A mail, queued or sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailView {
    /// Its place among all.
    pub id: i64,
    /// The fact it tells of, behind its kind.
    pub key: String,
    /// What kind it is.
    pub kind: String,
    /// To whom.
    pub user: UserId,
    /// What it tells, as JSON.
    pub data: String,
    /// When it was queued.
    pub created_at: Time,
    /// When it was sent, if it was.
    pub sent_at: Option<Time>,
}

impl MailView {
    fn of(mail: Mail) -> Self {
        let Mail { id, of, sent_at } = mail;
        Self {
            id,
            key: of.key,
            kind: of.kind,
            user: UserId::from_number(of.user_id),
            data: of.data,
            created_at: of.created_at,
            sent_at,
        }
    }
}

impl App {
    /// Mails, newest first.
    pub async fn list_mails(
        &self,
        caller: &Caller,
        filter: MailFilter,
        page: Page,
    ) -> Result<Listed<MailView>, Error> {
        caller.check_oversight()?;
        let read = self.read(move |tx| {
            Box::pin(async move {
                let filter = Filter {
                    user: filter.user.map(UserId::number),
                    kind: filter.kind.map(MailKind::as_str),
                };
                let total = tx.one(mails::count(filter)).await?;
                Ok((total, tx.all(mails::list(filter, page.rows())).await?))
            })
        });
        let (total, rows) = read.await?;
        Ok(Listed { items: rows.into_iter().map(MailView::of).collect(), total, page })
    }
}
