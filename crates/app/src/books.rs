//! The book as a whole: its journal, record by record, for who keeps a copy.

use domain::{Hash, Scope, Seq};
use ledger::Record;
use store::{Tx, journal, words};

use crate::App;
use crate::callers::Caller;
use crate::error::Error;

/// The most records of one part of an export.
const PART_MAX: i64 = 1_000;

/// A record as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The record.
    pub record: Record,
    /// Its canonical bytes: `hash = SHA-256(previous hash ‖ body)`.
    pub body: Vec<u8>,
    /// The chain up to it.
    pub hash: Hash,
    /// Its words, unless it has none or they were erased.
    pub words: Option<String>,
}

impl App {
    /// A part of the journal: the records from a place on, in order. Empty
    /// behind the last; the next part begins behind the last one of this.
    pub async fn export(&self, caller: &Caller, from: Seq) -> Result<Vec<Exported>, Error> {
        caller.check(Scope::Admin)?;
        let after = Seq::from_number(from.number().saturating_sub(1).max(0));
        self.read(move |tx| Box::pin(async move { part(tx, after).await })).await
    }
}

async fn part(tx: &mut Tx, after: Seq) -> Result<Vec<Exported>, Error> {
    let rows = journal::range(tx, after, PART_MAX).await?;
    let mut said = words::range(tx, after, PART_MAX).await?.into_iter().peekable();
    let mut exported = Vec::with_capacity(rows.len());
    for row in rows {
        // Both come in order, and no record of this part lacks its words here:
        // there are as many rows of words as of records at most.
        while said.next_if(|(seq, _)| *seq < row.seq).is_some() {}
        let words = said.next_if(|(seq, _)| *seq == row.seq).map(|(_, words)| words.text);
        let record = ledger::decode(&row.body).map_err(Error::internal)?;
        exported.push(Exported { record, body: row.body, hash: row.hash, words });
    }
    Ok(exported)
}
