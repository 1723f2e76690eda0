//! Reading the audit log: what is done is in it.

use std::collections::BTreeMap;

use domain::{Scope, Seq, Text, Time};
use store::audit::{self, Filter, Logged};

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
    fn of(Logged { id, entry }: Logged, words: &BTreeMap<Seq, String>) -> Self {
        let words = entry.seq.and_then(|seq| words.get(&seq));
        let said = words.map(String::as_str).map(Words::read).unwrap_or_default();
        Self {
            id,
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
                let rows = tx.all(audit::list(filter, page.rows())).await?;
                let records = rows.iter().filter_map(|row| row.entry.seq);
                Ok((total, tx.all(store::words::of_each(records)).await?, rows))
            })
        });
        let (total, words, rows) = read.await?;
        let words = words.into_iter().collect();
        let items = rows.into_iter().map(|row| AuditEntry::of(row, &words)).collect();
        Ok(Listed { items, total, page })
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
