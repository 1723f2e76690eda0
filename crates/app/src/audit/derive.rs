//! What a record is in the audit log: a row made of the record, of whose wallet
//! it is about, and of what that wallet could do before.
//!
//! The recorder writes these rows and verification makes them once more, so
//! what is said here is for ever. This module must not know where either looks.

use ledger::{Actor, Event, Kind, Record, Source, Status};
use store::audit::Entry;

/// What the log knows of a wallet beside its record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    /// The user whose wallet it is.
    pub(crate) owner: Option<i64>,
    /// What it could do before.
    pub(crate) status: Option<Status>,
}

/// The actions that set what a wallet may do.
pub(crate) const STATUS_ACTIONS: [&str; 3] = ["credits.pause", "credits.suspend", "credits.resume"];

/// Whether records of that kind are privileged acts at all. What follows from
/// one (a debt, its payment) and what time does is in the journal alone.
pub(crate) const fn is_privileged(kind: Kind) -> bool {
    match kind {
        Kind::Grant
        | Kind::Remove
        | Kind::Refund
        | Kind::Clawback
        | Kind::Freeze
        | Kind::Thaw
        | Kind::SetStatus
        | Kind::Erase => true,
        Kind::Genesis
        | Kind::Open
        | Kind::Spend
        | Kind::Authorize
        | Kind::Extend
        | Kind::Capture
        | Kind::Release
        | Kind::Lapse
        | Kind::Expire
        | Kind::Owe
        | Kind::Repay
        | Kind::Refuse
        | Kind::Seal => false,
    }
}

/// The user or the record it was done to: `user:7`, `record:42`.
pub(crate) fn subject(record: &Record, owner: Option<i64>) -> String {
    match (&record.event, owner) {
        (Event::Erase { of }, _) => format!("record:{of}"),
        (_, Some(user)) => format!("user:{user}"),
        (_, None) => "system".to_owned(),
    }
}

/// The row of a record, if it is a privileged act.
pub(crate) fn entry(record: &Record, known: Known) -> Option<Entry> {
    let action = action(record)?;
    let (before, after) = figures(record, known);
    Some(Entry {
        at: record.at,
        actor: record.actor.to_string(),
        action: action.to_owned(),
        subject: subject(record, known.owner),
        // Said in the record's words, which can be erased.
        reason: None,
        before,
        after,
        request_id: record.request.as_ref().map(ToString::to_string),
        seq: Some(record.seq),
    })
}

fn action(record: &Record) -> Option<&'static str> {
    Some(match record.event.kind() {
        Kind::Grant => return granted(record),
        Kind::Remove => "credits.remove",
        Kind::Refund => "credits.refund",
        Kind::Clawback => "credits.clawback",
        Kind::Freeze => "grants.freeze",
        Kind::Thaw => "grants.thaw",
        Kind::SetStatus => status_action(record.after?.status),
        Kind::Erase => "records.erase",
        _ => return None,
    })
}

/// A grant. What the system gives for a payment is the buyer's own doing; all
/// that people and programs give is seen, also what they give themselves.
fn granted(record: &Record) -> Option<&'static str> {
    let source = record.grants.iter().find_map(|change| change.made.as_ref())?.source;
    match (source, &record.actor) {
        (Source::Admin, _) => Some("credits.add"),
        (Source::Purchase, Actor::System) => None,
        _ => Some("credits.grant"),
    }
}

const fn status_action(status: Status) -> &'static str {
    let [pause, suspend, resume] = STATUS_ACTIONS;
    match status {
        Status::Paused => pause,
        Status::Suspended => suspend,
        Status::Active => resume,
    }
}

/// What it was and what it became, as JSON.
fn figures(record: &Record, known: Known) -> (Option<String>, Option<String>) {
    if let Event::Erase { of } = record.event {
        return (None, Some(format!(r#"{{"record":{of}}}"#)));
    }
    let Some(after) = record.after else { return (None, None) };
    match record.event.kind() {
        Kind::SetStatus => {
            let status = |status: Status| format!(r#"{{"status":"{}"}}"#, status.as_str());
            (known.status.map(status), Some(status(after.status)))
        }
        Kind::Freeze | Kind::Thaw => {
            let grant = record.grants.first().map(|change| change.id.to_string());
            let grant = grant.unwrap_or_default();
            let frozen = after.frozen;
            (None, Some(format!(r#"{{"grant":"{grant}","frozen":{frozen}}}"#)))
        }
        _ => moved(record),
    }
}

/// The balance before and after, and what moved it.
fn moved(record: &Record) -> (Option<String>, Option<String>) {
    let Some(after) = record.after else { return (None, None) };
    let posted = after.posted;
    let Some(amount) = record.amount() else {
        return (None, Some(format!(r#"{{"balance":{posted}}}"#)));
    };
    let before = posted.checked_sub(amount).map(|before| format!(r#"{{"balance":{before}}}"#));
    let id = ledger::TxId(record.seq);
    let after = format!(r#"{{"transaction":"{id}","amount":{amount},"balance":{posted}}}"#);
    (before, Some(after))
}
