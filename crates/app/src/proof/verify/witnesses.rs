//! Checkpoints as witnesses of what the journal was.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use ledger::{Event, Partition, PublicKey, Record, Seq, Verifier};

use super::Evidence;
use super::finding::{Finding, Place};
use crate::proof::folder::{self, FolderError, Found};
use crate::proof::signed::Signed;

/// Checkpoints, and what became of them.
pub(super) struct Witnesses {
    /// As they were found; they are sworn in at the first record.
    found: Vec<Found>,
    /// In the order of the records they speak of.
    waiting: VecDeque<(PathBuf, Signed)>,
    public_key: Option<[u8; 32]>,
    /// How many were heard, and agreed.
    pub(super) agreed: usize,
}

fn finding(path: &Path, seq: Option<Seq>, what: impl Into<String>) -> Finding {
    Finding { place: Place::Checkpoint { path: path.to_owned(), seq }, what: what.into() }
}

impl Witnesses {
    /// Reads the files.
    pub(super) async fn gather(evidence: Evidence) -> Result<Self, FolderError> {
        let mut found = match &evidence.folder {
            Some(folder) => folder::read(folder).await?,
            None => Vec::new(),
        };
        for path in evidence.files {
            found.push(folder::read_file(path).await?);
        }
        let (waiting, public_key) = (VecDeque::new(), evidence.public_key);
        Ok(Self { found, waiting, public_key, agreed: 0 })
    }

    /// Hears what they say of the record the verifier took last.
    pub(super) fn hear(&mut self, state: &Verifier, record: &Record) -> Result<(), Finding> {
        if let Event::Genesis { book, public_key, .. } = record.event {
            self.swear_in(book, public_key)?;
        }
        while let Some((path, signed)) = self.waiting.front()
            && signed.checkpoint.seq <= record.seq
        {
            agree(path, signed, state, record)?;
            self.waiting.pop_front();
            self.agreed += 1;
        }
        Ok(())
    }

    /// Every one must be of this book and signed with its key.
    fn swear_in(&mut self, book: [u8; 16], public_key: [u8; 32]) -> Result<(), Finding> {
        let first = Seq::ZERO.next();
        if self.public_key.is_some_and(|given| given != public_key) {
            return Err(Finding::record(first, "the book's public key is not the one given"));
        }
        let key = PublicKey::from_bytes(&public_key)
            .map_err(|error| Finding::record(first, format!("the book's key {error}")))?;
        let found = std::mem::take(&mut self.found).into_iter();
        let sworn: Result<Vec<_>, Finding> = found.map(|found| swear(found, book, &key)).collect();
        let mut sworn = sworn?;
        sworn.sort_by_key(|(_, signed)| signed.checkpoint.seq);
        self.waiting = sworn.into();
        Ok(())
    }

    /// None may speak of a record that is not there.
    pub(super) fn finish(&self, head: Seq) -> Result<(), Finding> {
        let sworn = self.waiting.iter().map(|(path, _)| path);
        let Some(path) = sworn.chain(self.found.iter().map(|found| &found.path)).next() else {
            return Ok(());
        };
        let what = format!("the record is missing: {} speaks of a later one", path.display());
        Err(Finding::record(head.next(), what))
    }
}

fn swear(found: Found, book: [u8; 16], key: &PublicKey) -> Result<(PathBuf, Signed), Finding> {
    let Found { path, signed } = found;
    let signed = signed.map_err(|error| finding(&path, None, error.to_string()))?;
    let seq = Some(signed.checkpoint.seq);
    signed.verify(key).map_err(|error| finding(&path, seq, error.to_string()))?;
    if signed.checkpoint.book != book {
        return Err(finding(&path, seq, "it is another book's"));
    }
    if signed.checkpoint.partition != Partition::FIRST {
        return Err(finding(&path, seq, "it is of a partition this book does not have"));
    }
    Ok((path, signed))
}

fn agree(path: &Path, signed: &Signed, state: &Verifier, record: &Record) -> Result<(), Finding> {
    let checkpoint = &signed.checkpoint;
    let head = state.head();
    let differs = if checkpoint.seq != head.seq {
        "it is of no record"
    } else if checkpoint.hash != head.hash {
        "the journal's hash was another when it was signed: a record up to there was changed"
    } else if checkpoint.totals != state.totals().digest() {
        "the trial balance was another when it was signed"
    } else if checkpoint.at != record.at {
        "the record's time was another when it was signed"
    } else {
        return Ok(());
    };
    Err(finding(path, Some(checkpoint.seq), differs))
}
