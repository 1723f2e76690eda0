//! The audit log against the journal: each privileged record has its row, and
//! the rows that were sealed are what they were then.
//!
//! The journal has a digest an hour. Which row does not fit it is told by the
//! links between, which only help to find it: who changes a row and all links
//! behind it changes the end of the chain, and that is in the journal.

use std::collections::{BTreeMap, HashMap, VecDeque};

use ledger::{Event, Hash, Owner, Record, Seq, Status, Verifier, WalletId};
use store::Tx;
use store::audit::{self, Entry, Logged};
use store::audit_chain::{self, Link};

use super::finding::{Finding, Stop};
use crate::audit::chain;
use crate::audit::derive::{self, Known};

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// What the journal says of the log.
#[derive(Default)]
pub(super) struct AuditLog {
    /// The rows of records.
    rows: BTreeMap<Seq, Entry>,
    /// What wallets could do, of those for which it was ever set.
    statuses: HashMap<WalletId, Status>,
    /// The chain up to a row, by each record that says so.
    seals: BTreeMap<i64, Vec<(Seq, Hash)>>,
}

impl AuditLog {
    /// Notes what a record that the verifier took says of the log.
    pub(super) fn take(&mut self, record: &Record, state: &Verifier) {
        if let Event::Seal { through, digest } = record.event {
            self.seals.entry(through).or_default().push((record.seq, digest));
        }
        if !derive::is_privileged(record.event.kind()) {
            return;
        }
        let wallet = record.wallet.and_then(|id| state.wallet(id));
        let owner = wallet.map(|wallet| match wallet.owner {
            Owner::User(user) => user,
        });
        let status = self.status_before(record);
        if let Some(entry) = derive::entry(record, Known { owner, status }) {
            self.rows.insert(record.seq, entry);
        }
    }

    fn status_before(&mut self, record: &Record) -> Option<Status> {
        let (Event::SetStatus, Some(id), Some(after)) =
            (&record.event, record.wallet, record.after)
        else {
            return None;
        };
        Some(self.statuses.insert(id, after.status).unwrap_or(Status::Active))
    }

    /// Holds every row of the log against it. The recorder has the records up
    /// to `audited`.
    pub(super) async fn check(&mut self, tx: &mut Tx, audited: Seq) -> Result<(), Stop> {
        let mut links = Links::new(tx, self.seals.keys().next_back().copied()).await?;
        let mut id = i64::MIN;
        loop {
            let page = tx.all(audit::after(id, PAGE)).await?;
            let Some(last) = page.last() else { break };
            id = last.id;
            for row in &page {
                self.check_made(row, audited)?;
                if links.take(tx, row).await? {
                    self.check_seals(row, links.hash)?;
                }
            }
        }
        links.finish(tx).await?;
        self.check_rest(audited)
    }

    /// A row with a record is what the record makes of it.
    fn check_made(&mut self, row: &Logged, audited: Seq) -> Result<(), Finding> {
        let Some(seq) = row.entry.seq else { return Ok(()) };
        let made = self.rows.remove(&seq).filter(|_| seq <= audited);
        match made {
            Some(made) if made == row.entry => Ok(()),
            Some(_) => Err(Finding::audit(row.id, Some(seq), "it is not what its record says")),
            None => {
                Err(Finding::audit(row.id, Some(seq), "no record of the journal made this row"))
            }
        }
    }

    fn check_seals(&mut self, row: &Logged, hash: Hash) -> Result<(), Finding> {
        for (seq, digest) in self.seals.remove(&row.id).unwrap_or_default() {
            if digest != hash {
                let what = format!("it or a row before it is not what record {seq} sealed");
                return Err(Finding::audit(row.id, Some(seq), what));
            }
        }
        Ok(())
    }

    /// What the log should have and has not.
    fn check_rest(&self, audited: Seq) -> Result<(), Stop> {
        if let Some((through, seals)) = self.seals.first_key_value() {
            let seq = seals.first().map(|(seq, _)| *seq);
            return Err(Finding::audit(*through, seq, "the row was sealed and is missing").into());
        }
        match self.rows.keys().next().filter(|seq| **seq <= audited) {
            Some(seq) => {
                let what = "the audit log has no row of this record";
                Err(Finding::record(*seq, what).into())
            }
            None => Ok(()),
        }
    }
}

/// The chain made once more, link by link.
struct Links {
    /// The chain up to the last row taken.
    hash: Hash,
    /// The last row that is chained or sealed.
    end: i64,
    read: VecDeque<Link>,
    last: i64,
}

impl Links {
    async fn new(tx: &mut Tx, sealed: Option<i64>) -> Result<Self, Stop> {
        let chained = tx.opt(audit_chain::last()).await?.map(|link| link.id);
        let end = chained.max(sealed).unwrap_or(i64::MIN);
        Ok(Self { hash: Hash::ZERO, end, read: VecDeque::new(), last: i64::MIN })
    }

    /// Whether a row is chained, and is what it was then.
    async fn take(&mut self, tx: &mut Tx, row: &Logged) -> Result<bool, Stop> {
        if row.id > self.end {
            return Ok(false);
        }
        self.hash = chain::link(self.hash, row);
        match self.peek(tx).await? {
            Some(link) if link.id < row.id => Err(missing(link).into()),
            Some(link) if link.id == row.id => {
                self.read.pop_front();
                if link.hash == self.hash {
                    return Ok(true);
                }
                let what = "it is not what it was when the log was chained";
                Err(Finding::audit(row.id, row.entry.seq, what).into())
            }
            _ => {
                let what = "it was put in behind the chain";
                Err(Finding::audit(row.id, row.entry.seq, what).into())
            }
        }
    }

    async fn peek(&mut self, tx: &mut Tx) -> Result<Option<Link>, Stop> {
        if self.read.is_empty() {
            self.read = tx.all(audit_chain::after(self.last, PAGE)).await?.into();
            self.last = self.read.back().map_or(self.last, |link| link.id);
        }
        Ok(self.read.front().copied())
    }

    /// No link may be left.
    async fn finish(mut self, tx: &mut Tx) -> Result<(), Stop> {
        match self.peek(tx).await? {
            Some(link) => Err(missing(link).into()),
            None => Ok(()),
        }
    }
}

fn missing(link: Link) -> Finding {
    Finding::audit(link.id, None, "the row was chained and is missing")
}
