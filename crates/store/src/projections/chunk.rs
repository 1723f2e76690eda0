//! A chunk: what consecutive records did to every row, one write a row, each
//! table's sorted by its key, so that a page of an index is touched once for
//! many records.

use std::sync::Arc;

use domain::TransactionType;
use ledger::{
    Balances, Event, GrantId, GrantState, GrantTerms, HoldId, HoldState, HoldTerms, KeyEntry,
    KeyId, Record, WalletId,
};

use super::change::{Change, latest};
use super::history::HistoryRow;
use super::refunds::RefundRow;
use super::{grants, history, holds, keys, refunds, wallets};
use crate::constraint::Constraint;
use crate::db::{Db, Priority};
use crate::error::Error;
use crate::tx::Tx;

/// How often a slice that met another server's is written again.
const TRIES_MAX: u32 = 3;

/// The rows that records change, one write each, sorted.
#[derive(Debug)]
pub struct Chunk {
    opened_wallets: Vec<wallets::Opened>,
    wallets: Vec<wallets::Changed>,
    new_grants: Vec<grants::New>,
    grants: Vec<grants::Changed>,
    new_holds: Vec<holds::New>,
    holds: Vec<holds::Changed>,
    keys: Vec<(KeyId, KeyEntry)>,
    history: Vec<(WalletId, HistoryRow)>,
    refunds: Vec<RefundRow>,
}

/// The rows in the order of the records, which what is large points into.
#[derive(Default)]
struct Changes<'a> {
    wallets: Vec<Change<WalletId, wallets::Opening<'a>, &'a Balances>>,
    grants: Vec<Change<GrantId, (WalletId, &'a GrantTerms), &'a GrantState>>,
    holds: Vec<Change<HoldId, (WalletId, &'a HoldTerms), &'a HoldState>>,
    keys: Vec<(KeyId, KeyEntry)>,
    history: Vec<(WalletId, HistoryRow)>,
    refunds: Vec<RefundRow>,
}

/// Some rows of one table: what one transaction writes.
#[derive(Debug)]
pub struct Slice(Rows);

#[derive(Debug)]
enum Rows {
    OpenedWallets(Vec<wallets::Opened>),
    Wallets(Vec<wallets::Changed>),
    NewGrants(Vec<grants::New>),
    Grants(Vec<grants::Changed>),
    NewHolds(Vec<holds::New>),
    Holds(Vec<holds::Changed>),
    Keys(Vec<(KeyId, KeyEntry)>),
    History(Vec<(WalletId, HistoryRow)>),
    Refunds(Vec<RefundRow>),
}

/// Another server writes the same rows: it was first with one, or each waited for a row
/// that the other one had.
fn meets_another(db: &Db, error: &Error) -> bool {
    match error {
        Error::Constraint(Constraint::WalletOwner) => true,
        Error::Busy => db.is_shared(),
        _ => false,
    }
}

impl Chunk {
    /// What records do, which follow each other in the journal. Sorting a large
    /// chunk takes a while of the calling thread.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let records = records.into_iter();
        let mut changes = Changes::with_capacity(records.size_hint().0);
        for record in records {
            changes.add(record);
        }
        changes.sort()
    }

    /// The writes, at most `rows` rows each. Any order of them is sound.
    pub fn slices(self, rows: usize) -> Vec<Slice> {
        let mut slices = Vec::new();
        cut(&mut slices, rows, self.opened_wallets, Rows::OpenedWallets);
        cut(&mut slices, rows, self.wallets, Rows::Wallets);
        cut(&mut slices, rows, self.new_grants, Rows::NewGrants);
        cut(&mut slices, rows, self.grants, Rows::Grants);
        cut(&mut slices, rows, self.new_holds, Rows::NewHolds);
        cut(&mut slices, rows, self.holds, Rows::Holds);
        cut(&mut slices, rows, self.keys, Rows::Keys);
        cut(&mut slices, rows, self.history, Rows::History);
        cut(&mut slices, rows, self.refunds, Rows::Refunds);
        slices
    }
}

impl<'a> Changes<'a> {
    /// Nearly every record changes a row of each of these.
    fn with_capacity(records: usize) -> Self {
        Self {
            wallets: Vec::with_capacity(records),
            grants: Vec::with_capacity(records),
            keys: Vec::with_capacity(records),
            history: Vec::with_capacity(records),
            ..Self::default()
        }
    }

    fn add(&mut self, record: &'a Record) {
        let seq = record.seq;
        self.keys.extend(record.key_entry());
        match &record.event {
            Event::Open { owner, unit } => self.wallets.push(Change {
                key: WalletId::from_number(seq.number()),
                made: Some((*owner, unit, record.at)),
                state: &Balances::OPENED,
                seq,
            }),
            Event::Refund { of, refunded } => {
                self.refunds.push(RefundRow { of: *of, refunded: *refunded, seq });
            }
            _ => {}
        }
        if let (Some(wallet), Some(after)) = (record.wallet, &record.after) {
            self.add_changes(record, wallet, after);
        }
    }

    fn add_changes(&mut self, record: &'a Record, wallet: WalletId, after: &'a Balances) {
        let seq = record.seq;
        self.wallets.push(Change { key: wallet, made: None, state: after, seq });
        self.grants.extend(record.grants.iter().map(|change| Change {
            key: change.id,
            made: change.made.as_ref().map(|terms| (wallet, terms)),
            state: &change.state,
            seq,
        }));
        self.holds.extend(record.holds.iter().map(|change| Change {
            key: change.id,
            made: change.made.as_ref().map(|terms| (wallet, terms)),
            state: &change.state,
            seq,
        }));
        if let (Some(amount), Some(kind)) = (record.amount(), TransactionType::of(record)) {
            let account_seq = after.account_seq;
            self.history
                .push((wallet, HistoryRow { account_seq, kind, at: record.at, amount, seq }));
        }
    }

    fn sort(mut self) -> Chunk {
        let (opened_wallets, wallets) = latest(self.wallets, wallets::Terms::from);
        let (new_grants, grants) = latest(self.grants, |(wallet, terms)| (wallet, terms.clone()));
        let (new_holds, holds) = latest(self.holds, |(wallet, terms)| (wallet, terms.clone()));
        self.keys.sort_unstable_by_key(|(id, entry)| (*id, entry.seq));
        self.history.sort_unstable_by_key(|(wallet, row)| (*wallet, row.account_seq));
        self.refunds.sort_by_key(|row| (row.of, std::cmp::Reverse(row.seq)));
        // One row a statement: the first of each is the last that was written.
        self.refunds.dedup_by_key(|row| row.of);
        let (keys, history, refunds) = (self.keys, self.history, self.refunds);
        Chunk {
            opened_wallets,
            wallets,
            new_grants,
            grants,
            new_holds,
            holds,
            keys,
            history,
            refunds,
        }
    }
}

fn cut<T>(slices: &mut Vec<Slice>, rows: usize, all: Vec<T>, table: fn(Vec<T>) -> Rows) {
    let mut all = all.into_iter();
    while all.len() > 0 {
        slices.push(Slice(table(all.by_ref().take(rows.max(1)).collect())));
    }
}

impl Slice {
    /// Writes its rows in a transaction of their own.
    ///
    /// Another server may make the same wallet at this moment. PostgreSQL looks out for
    /// one of its keys, and the other one fails once that server has committed: then the
    /// row is there, and the same again finds it. Nor is a row new that was written before
    /// the database went away, or by a server that stood still since.
    pub async fn put(self, db: &Db) -> Result<(), Error> {
        let slice = Arc::new(self);
        let (mut is_new, mut tries) = (!db.is_spread(), 0);
        loop {
            let again = Arc::clone(&slice);
            let put = db.write::<_, Error, _>(Priority::Slice, move |tx| {
                Box::pin(
                    async move { if is_new { again.add(tx).await } else { again.write(tx).await } },
                )
            });
            match put.await {
                Err(Error::Constraint(Constraint::Key | Constraint::History)) if is_new => {
                    is_new = false;
                }
                Err(error) if tries < TRIES_MAX && meets_another(db, &error) => tries += 1,
                done => return done,
            }
        }
    }

    /// Writes its rows where those that never change are not there yet.
    async fn add(&self, tx: &mut Tx) -> Result<(), Error> {
        match &self.0 {
            Rows::Keys(rows) => keys::add(tx, rows).await,
            Rows::History(rows) => history::add(tx, rows).await,
            _ => self.write(tx).await,
        }
    }

    /// Writes its rows; one that is as late already stays.
    pub async fn write(&self, tx: &mut Tx) -> Result<(), Error> {
        match &self.0 {
            Rows::OpenedWallets(rows) => wallets::make(tx, rows).await,
            Rows::Wallets(rows) => wallets::leave(tx, rows).await,
            Rows::NewGrants(rows) => grants::make(tx, rows).await,
            Rows::Grants(rows) => grants::leave(tx, rows).await,
            Rows::NewHolds(rows) => holds::make(tx, rows).await,
            Rows::Holds(rows) => holds::leave(tx, rows).await,
            Rows::Keys(rows) => keys::make(tx, rows).await,
            Rows::History(rows) => history::make(tx, rows).await,
            Rows::Refunds(rows) => refunds::make(tx, rows).await,
        }
    }
}
