//! Corrections: credits that staff add or take away, for a reason.

mod add;
mod remove;

use domain::{Credits, Description, Reason, UserId};
use ledger::{Event, Order};

use crate::App;
use crate::fingerprint::Canonical;
use crate::ledger::Committed;
use crate::prepared::Show;
use crate::transactions::Transaction;
use crate::words;

/// A correction that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionRequest {
    /// Whose credits.
    pub user: UserId,
    /// How many.
    pub amount: Credits,
    /// Why: the transaction's description.
    pub reason: Reason,
    /// What staff keep to themselves: it is in the audit log alone.
    pub admin_notes: Option<Description>,
}

/// A correction that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The transaction.
    pub transaction: Transaction,
    /// All credits of the user behind it, and behind the debt it paid.
    pub new_balance: Credits,
}

/// A correction as its record made it.
struct ShowCorrection(UserId);

impl Show for ShowCorrection {
    type Value = Correction;

    fn show(&self, committed: &Committed) -> Option<Correction> {
        let record = &committed.record;
        let transaction = Transaction::of(self.0, record, committed.words.as_deref())?;
        let after = record.after?;
        // Added credits pay what is owed at once, by a record of its own.
        let paid = match record.event {
            Event::Grant => after.debt.min(transaction.amount),
            _ => Credits::ZERO,
        };
        let new_balance = after.posted.checked_sub(paid)?;
        Some(Correction { transaction, new_balance })
    }
}

impl CorrectionRequest {
    fn canonical(&self, operation: &str) -> Canonical {
        Canonical::of(operation)
            .number("amount", self.amount.micros())
            .text("reason", self.reason.as_str())
            .maybe_text("admin_notes", self.admin_notes.as_ref().map(Description::as_str))
    }
}

impl App {
    /// An order with what its request says of itself.
    fn with_reason(&self, order: Order, request: &CorrectionRequest) -> Order {
        let notes = request.admin_notes.as_ref();
        Order {
            words: words::write_by_staff(self.entropy(), Some(&request.reason), notes),
            ..order
        }
    }
}
