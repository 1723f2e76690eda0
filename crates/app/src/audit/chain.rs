//! The chain over the rows of the audit log: SHA-256 of the link before and the
//! row's canonical bytes. Verification makes it once more, so the bytes are for
//! ever: a field that comes later is written only where it is there.

use ledger::{Hash, Seq};
use store::audit::{self, Logged};
use store::audit_chain::{self, Link};
use store::{Error, Tx};

/// The most rows that one transaction chains.
const ROWS_MAX: i64 = 1_000;

/// The link of a row behind another one.
pub(crate) fn link(before: Hash, row: &Logged) -> Hash {
    ledger::chain(before, &canonical(row))
}

/// Chains the next rows; the end of the chain, and whether there may be more.
pub(crate) async fn extend(tx: &mut Tx) -> Result<(Option<Link>, More), Error> {
    let last = tx.opt(audit_chain::last()).await?;
    let (id, mut hash) = last.map_or((0, Hash::ZERO), |last| (last.id, last.hash));
    let rows = tx.all(audit::after(id, ROWS_MAX)).await?;
    let mut links = Vec::with_capacity(rows.len());
    for row in &rows {
        hash = link(hash, row);
        links.push(Link { id: row.id, hash });
    }
    audit_chain::append(tx, &links).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == ROWS_MAX);
    let more = if full { More::Perhaps } else { More::None };
    Ok((links.last().copied().or(last), more))
}

/// Whether rows are left to be chained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum More {
    /// None there were a moment ago.
    None,
    /// As many as fit were taken.
    Perhaps,
}

/// A row in bytes: each field that is there behind its tag, a text behind its
/// length, so that no two rows are the same bytes.
fn canonical(row: &Logged) -> Vec<u8> {
    let entry = &row.entry;
    let mut bytes = Vec::with_capacity(256);
    number(&mut bytes, 1, Some(row.id));
    number(&mut bytes, 2, Some(entry.at.micros()));
    text(&mut bytes, 3, Some(&entry.actor));
    text(&mut bytes, 4, Some(&entry.action));
    text(&mut bytes, 5, Some(&entry.subject));
    text(&mut bytes, 6, entry.reason.as_deref());
    text(&mut bytes, 7, entry.before.as_deref());
    text(&mut bytes, 8, entry.after.as_deref());
    text(&mut bytes, 9, entry.request_id.as_deref());
    number(&mut bytes, 10, entry.seq.map(Seq::number));
    bytes
}

fn number(bytes: &mut Vec<u8>, tag: u8, number: Option<i64>) {
    if let Some(number) = number {
        bytes.push(tag);
        bytes.extend(number.to_be_bytes());
    }
}

fn text(bytes: &mut Vec<u8>, tag: u8, text: Option<&str>) {
    if let Some(text) = text {
        bytes.push(tag);
        // A length of 64 bits holds any length of memory.
        bytes.extend(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use ledger::Time;
    use store::audit::Entry;

    use super::*;

    fn row() -> Logged {
        let entry = Entry {
            at: Time::from_micros(5),
            actor: "user:1".to_owned(),
            action: "credits.add".to_owned(),
            subject: "user:2".to_owned(),
            reason: None,
            before: Some("{}".to_owned()),
            after: None,
            request_id: Some("r".to_owned()),
            seq: Some(Seq::from_number(3)),
        };
        Logged { id: 1, entry }
    }

    #[test]
    fn a_row_has_the_link_it_always_had() {
        let first = link(Hash::ZERO, &row());
        let text = "3dfef6ef051cd68cf9f92d9ec9f09b0bec204ea233430b42d0dbe97f2a92eb04";
        assert_eq!(first.to_string(), text);
    }

    #[test]
    fn any_field_changes_the_link_and_so_does_the_one_before() {
        let change = |change: fn(&mut Logged)| {
            let mut row = row();
            change(&mut row);
            link(Hash::ZERO, &row)
        };
        let links = [
            change(|_| ()),
            change(|row| row.id = 2),
            change(|row| row.entry.at = Time::from_micros(6)),
            change(|row| row.entry.actor.push('2')),
            change(|row| row.entry.action.clear()),
            change(|row| row.entry.subject.push('1')),
            change(|row| row.entry.reason = Some(String::new())),
            change(|row| row.entry.before = None),
            change(|row| std::mem::swap(&mut row.entry.before, &mut row.entry.after)),
            change(|row| row.entry.request_id = None),
            change(|row| row.entry.seq = None),
            link(Hash([1; 32]), &row()),
        ];
        for (place, one) in links.iter().enumerate() {
            assert!(links.iter().skip(place + 1).all(|other| other != one), "{place}");
        }
    }
}
