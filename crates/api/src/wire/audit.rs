//! The audit log, and what asks for it.

use app::audit::{AuditEntry, AuditFilter};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::charge::page;
use super::input::In;
use super::output::Instant;
use super::scalar::{TextIn, WholeIn};
use super::transaction::{End, Start};
use crate::extract::Form;
use crate::problem::Problem;

/// Which entries: all of what is said must fit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// By whom: `user:7`, `key:worker`, `system`.
    #[param(value_type = Option<String>)]
    actor: Option<TextIn>,
    /// What was done: `credits.remove`.
    #[param(value_type = Option<String>)]
    action: Option<TextIn>,
    /// To whom or what: `user:12`, `key:worker`, `record:42`.
    #[param(value_type = Option<String>)]
    subject: Option<TextIn>,
    /// Not before: an RFC 3339 time, or a date for its whole day in UTC.
    #[param(value_type = Option<String>)]
    from: Option<In<Start>>,
    /// Not after, itself included: a time, or a date for its whole day in UTC.
    #[param(value_type = Option<String>)]
    to: Option<In<End>>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

impl Form for AuditQuery {
    type Request = (AuditFilter, app::Page);

    fn into_request(self) -> Result<Self::Request, Problem> {
        let filter = AuditFilter {
            actor: self.actor.map(In::into_inner),
            action: self.action.map(In::into_inner),
            subject: self.subject.map(In::into_inner),
            from: self.from.map(|In(Start(time))| time),
            to: self.to.map(|In(End(time))| time),
        };
        Ok((filter, page(self.page, self.page_size)?))
    }
}

/// A privileged act.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditLine {
    /// Its place in the log.
    id: i64,
    at: Instant,
    /// `user:7`, `key:worker`, `system`.
    #[schema(examples("user:7"))]
    actor: String,
    #[schema(examples("credits.remove"))]
    action: String,
    /// `user:12`, `key:worker`, `record:42`.
    #[schema(examples("user:12"))]
    subject: String,
    /// Why; null where nobody said, or it was erased.
    reason: Option<String>,
    /// What staff keep to themselves.
    admin_notes: Option<String>,
    /// What it was: members by action, times in microseconds.
    #[schema(value_type = Option<Object>)]
    before: Option<Box<RawValue>>,
    /// What it became.
    #[schema(value_type = Option<Object>)]
    after: Option<Box<RawValue>>,
    request_id: Option<String>,
    /// The record of the journal that did it, where the ledger did.
    seq: Option<i64>,
}

impl From<AuditEntry> for AuditLine {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            at: Instant(entry.at),
            actor: entry.actor,
            action: entry.action,
            subject: entry.subject,
            reason: entry.reason,
            admin_notes: entry.admin_notes,
            before: entry.before.and_then(raw),
            after: entry.after.and_then(raw),
            request_id: entry.request_id,
            seq: entry.seq.map(domain::Seq::number),
        }
    }
}

/// JSON as it was kept. What is none was tampered with: `verify` names the row.
fn raw(json: String) -> Option<Box<RawValue>> {
    RawValue::from_string(json).ok()
}

/// A page of the log, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditList {
    entries: Vec<AuditLine>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<AuditEntry>> for AuditList {
    fn from(listed: app::Listed<AuditEntry>) -> Self {
        Self {
            entries: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
