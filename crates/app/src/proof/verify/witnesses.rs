//! Checkpoints as witnesses of what the journal was.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use ledger::{Event, Partition, PublicKey, Record, Seq, Verifier};

use super::Evidence;
use super::finding::{Finding, Place};
use crate::proof::folder::{self, FolderError, Found};
use crate::proof::signed::Signed;

/// Checkpoints in the order of the records they speak of.
pub(super) struct Witnesses {
    waiting: VecDeque<(PathBuf, Signed)>,
    public_key: Option<[u8; 32]>,
    /// How many were heard, and agreed.
    pub(super) agreed: usize,
}

fn finding(path: &Path, seq: Option<Seq>, what: impl Into<String>) -> Finding {
    Finding { place: Place::Checkpoint { path: path.to_owned(), seq }, what: what.into() }
}

impl Witnesses {
    /// Reads the files. One that is no checkpoint is a finding already.
    pub(super) async fn gather(evidence: Evidence) -> Result<Result<Self, Finding>, FolderError> {
        let mut found = Vec::new();
        if let Some(folder) = &evidence.folder {
            found = folder::read(folder).await?;
        }
        let kept = found.len();
        for path in evidence.files {
            found.push(folder::read_file(path).await?);
        }
        let read = found.into_iter().enumerate().map(|(place, found)| read(found, place < kept));
        let waiting: Result<Vec<_>, Finding> = read.collect();
        Ok(waiting.map(|mut waiting| {
            waiting.sort_by_key(|(_, signed)| signed.checkpoint.seq);
            Self { waiting: waiting.into(), public_key: evidence.public_key, agreed: 0 }
        }))
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
    fn swear_in(&self, book: [u8; 16], public_key: [u8; 32]) -> Result<(), Finding> {
        let first = Seq::ZERO.next();
        if self.public_key.is_some_and(|given| given != public_key) {
            return Err(Finding::record(first, "the book's public key is not the one given"));
        }
        let key = PublicKey::from_bytes(&public_key)
            .map_err(|error| Finding::record(first, format!("the book's key {error}")))?;
        for (path, signed) in &self.waiting {
            let seq = Some(signed.checkpoint.seq);
            signed.verify(&key).map_err(|error| finding(path, seq, error.to_string()))?;
            if signed.checkpoint.book != book {
                return Err(finding(path, seq, "it is another book's"));
            }
            if signed.checkpoint.partition != Partition::FIRST {
                return Err(finding(path, seq, "it is of a partition this book does not have"));
            }
        }
        Ok(())
    }

    /// None may speak of a record that is not there.
    pub(super) fn finish(&self, head: Seq) -> Result<(), Finding> {
        let Some((path, signed)) = self.waiting.front() else { return Ok(()) };
        let what = format!(
            "the record is missing: {} was signed at seq {}",
            path.display(),
            signed.checkpoint.seq
        );
        Err(Finding::record(head.next(), what))
    }
}

/// A file of the folder must lie under its name; one that was named may be
/// called anything.
fn read(found: Found, kept: bool) -> Result<(PathBuf, Signed), Finding> {
    let Found { path, signed } = found;
    let signed = signed.map_err(|error| finding(&path, None, error.to_string()))?;
    if kept && !folder::is_named(&path, &signed) {
        return Err(finding(&path, Some(signed.checkpoint.seq), "it has another one's name"));
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
