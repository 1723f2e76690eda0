//! What a user may do with their credits: paused, suspended, resumed. A change
//! is a record and an entry of the audit log, and no transaction.

mod kept;
mod set;

use domain::{Description, Reason, Status, UserId};
use ledger::{Event, Operation};

use crate::ledger::Committed;
use crate::prepared::Show;
use crate::words::Words;

/// A change of what a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusChange {
    /// No spend, no hold, no purchase.
    Pause,
    /// As paused, and they can't sign in.
    Suspend,
    /// Everything again.
    Resume,
}

/// A change that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRequest {
    /// Of what whom may do.
    pub user: UserId,
    /// What.
    pub change: StatusChange,
    /// Why.
    pub reason: Option<Reason>,
    /// What staff keep to themselves: it is in the audit log alone.
    pub admin_notes: Option<Description>,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusView {
    /// Who.
    pub user: UserId,
    /// What they may do behind it.
    pub status: Status,
    /// Whether that was so already.
    pub was_so: bool,
    /// Why, as the request said it.
    pub reason: Option<String>,
}

impl StatusChange {
    /// The word in keys and logs.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
        }
    }

    /// What its keys are told apart by.
    const fn operation(self) -> Operation {
        match self {
            Self::Pause => Operation::Pause,
            Self::Suspend => Operation::Suspend,
            Self::Resume => Operation::Resume,
        }
    }

    /// What becomes of a status. Who is suspended is paused as well.
    const fn of(self, status: Status) -> Status {
        match (self, status) {
            (Self::Pause, Status::Suspended) | (Self::Suspend, _) => Status::Suspended,
            (Self::Pause, _) => Status::Paused,
            (Self::Resume, _) => Status::Active,
        }
    }
}

/// A change as its record made it.
struct ShowStatus(UserId);

impl Show for ShowStatus {
    type Value = StatusView;

    fn show(&self, committed: &Committed) -> Option<StatusView> {
        if committed.record.event != Event::SetStatus {
            return None;
        }
        let words = committed.words.as_deref().map(Words::read).unwrap_or_default();
        let status = committed.record.after?.status;
        Some(StatusView { user: self.0, status, was_so: false, reason: words.description })
    }
}
