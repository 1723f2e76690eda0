//! What the answers of a server say to the checker of histories.

use testkit::history::What;

/// An answer with its place in the journal.
pub(super) trait Told {
    fn what(&self) -> What;
}

pub(super) struct Spent(pub(super) client::Transaction);
pub(super) struct Captured(pub(super) client::Transaction);

impl Told for Spent {
    fn what(&self) -> What {
        let (amount, left) = (-self.0.amount.micros(), self.0.balance_after.micros());
        What::Spent { seq: self.0.seq, amount, left }
    }
}

impl Told for Captured {
    fn what(&self) -> What {
        let (amount, left) = (-self.0.amount.micros(), self.0.balance_after.micros());
        What::Captured { seq: self.0.seq, amount, left }
    }
}

impl Told for client::Hold {
    fn what(&self) -> What {
        let seq = self.id.rsplit('_').next().and_then(|seq| seq.parse().ok());
        What::Held { seq: seq.expect("a hold names its record"), amount: self.amount.micros() }
    }
}

impl Told for client::Balance {
    fn what(&self) -> What {
        let (posted, held) = (self.current_credits.micros(), self.held.micros());
        What::Read { seq: self.as_of_seq, posted, held }
    }
}
