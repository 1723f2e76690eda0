//! Reading the audit log: what is done is in it.

use domain::{Scope, Seq, Text, Time};
use store::audit::{self, Filter, Worded};

use super::Audit;
use crate::callers::Caller;
use crate::error::Error;
use crate::page::{Listed, Page};
use crate::words::Words;

/// Which entries: all of what is said must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// By whom: `user:7`, `key:worker`, `system`.
    pub actor: Option<Text>,
    /// What was done: `credits.remove`.
    pub action: Option<Text>,
    /// To whom or what: `user:12`.
    pub subject: Option<Text>,
    /// Not before this instant.
    pub from: Option<Time>,
    /// Not after this instant.
    pub to: Option<Time>,
}

/// A privileged act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the log.
    pub id: i64,
    /// When.
    pub at: Time,
    /// By whom.
    pub actor: String,
    /// What.
    pub action: String,
    /// To whom or what.
    pub subject: String,
    /// Why; `None` where nobody said, or it was erased.
    pub reason: Option<String>,
    /// What staff keep to themselves.
    pub admin_notes: Option<String>,
    /// What it was, as JSON.
    pub before: Option<String>,
    /// What it became, as JSON.
    pub after: Option<String>,
    /// By which request.
    pub request_id: Option<String>,
    /// The record that did it, where the ledger did.
    pub seq: Option<Seq>,
}

impl AuditEntry {
    fn of(Worded { logged, words }: Worded) -> Self {
        let said = words.as_deref().map(Words::read).unwrap_or_default();
        let entry = logged.entry;
        Self {
            id: logged.id,
            at: entry.at,
            actor: entry.actor,
            action: entry.action,
            subject: entry.subject,
            reason: entry.reason.or(said.description),
            admin_notes: said.admin_notes,
            before: entry.before,
            after: entry.after,
            request_id: entry.request_id,
            seq: entry.seq,
        }
    }
}

impl Audit {
    /// Entries, newest first. Every act that was answered before is among them.
    pub async fn list(
        &self,
        caller: &Caller,
        filter: AuditFilter,
        page: Page,
    ) -> Result<Listed<AuditEntry>, Error> {
        caller.check(Scope::Admin)?;
        self.shared.recorded().await.map_err(Error::internal)?;
        let read = self.shared.db.read::<_, Error, _>(move |tx| {
            Box::pin(async move {
                let filter = rows(&filter);
                let total = tx.one(audit::count(filter)).await?;
                Ok((total, tx.all(audit::list(filter, page.rows())).await?))
            })
        });
        let (total, rows) = read.await?;
        Ok(Listed { items: rows.into_iter().map(AuditEntry::of).collect(), total, page })
    }
}

fn rows(filter: &AuditFilter) -> Filter<'_> {
    Filter {
        actor: filter.actor.as_ref().map(Text::as_str),
        action: filter.action.as_ref().map(Text::as_str),
        subject: filter.subject.as_ref().map(Text::as_str),
        from: filter.from,
        until: filter.to,
    }
}
