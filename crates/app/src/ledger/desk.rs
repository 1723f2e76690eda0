//! What lies before the committer: what waits, what it has taken, and how the next
//! commit is to begin.

use std::collections::VecDeque;
use std::sync::Arc;

use ledger::{Seq, Wallet, WalletId};
use tokio::sync::oneshot;

use super::decide::Decided;
use super::error::SubmitError;
use super::queue::Prepared;

/// Who only wants to see: the head, and a wallet as of it.
pub(super) struct Look {
    pub(super) wallet: Option<WalletId>,
    pub(super) reply: oneshot::Sender<Result<Seen, SubmitError>>,
}

/// The end of the journal, and a wallet as it was then, if there is one.
pub(super) struct Seen {
    pub(super) as_of: Seq,
    pub(super) wallet: Option<Arc<Wallet>>,
}

/// What waits for the next commit.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) batch: VecDeque<Prepared>,
    pub(super) looks: Vec<Look>,
    /// What the next commit begins with.
    pub(super) begin: Begin,
    /// Commits in a row that came to nothing because the server was away.
    pub(super) tries: u32,
}

/// What a commit begins with.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Begin {
    /// The head is where it was, or the append fails.
    #[default]
    Trusting,
    /// The head is locked, and what is behind ours is folded.
    Locking,
    /// It isn't known whether the commit before happened.
    Settling,
}

/// What the commit at work has taken.
#[derive(Default)]
pub(super) struct AtWork {
    pub(super) batch: Vec<Prepared>,
    pub(super) looks: Vec<Look>,
    pub(super) decided: Option<Decided>,
    /// When its transaction began, by the monotonic clock; where it is found out
    /// whether it happened, the first one.
    pub(super) began: i64,
}

impl Desk {
    pub(super) fn is_empty(&self) -> bool {
        self.batch.is_empty() && self.looks.is_empty()
    }

    pub(super) fn refuse(&mut self, error: &SubmitError) {
        refuse(self.batch.drain(..), error);
        refuse_looks(self.looks.drain(..), error);
    }
}

pub(super) fn refuse(batch: impl IntoIterator<Item = Prepared>, error: &SubmitError) {
    for prepared in batch {
        let (entry, _place) = prepared.waiting.into_parts();
        // Who asked may be gone.
        let _ = entry.reply.send(Err(error.again()));
    }
}

pub(super) fn refuse_looks(looks: impl IntoIterator<Item = Look>, error: &SubmitError) {
    for look in looks {
        // Who asked may be gone.
        let _ = look.reply.send(Err(error.again()));
    }
}
