//! A grant of the model: what it was made with, and a list of what left it.

use ledger::{Cost, GrantId, GrantState, GrantTerms, Source, WalletId};

use super::{credits, time};

/// Why credits left a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Drawn,
    Expired,
    ClawedBack,
}

#[derive(Clone, Debug)]
pub struct Grant {
    pub id: GrantId,
    pub source: Source,
    pub amount: i64,
    pub priority: i64,
    pub effective_at: i64,
    pub expires_at: Option<i64>,
    pub frozen_at: Option<i64>,
    pub cost: Option<Cost>,
    pub created_at: i64,
    /// All that ever left it.
    pub gone: Vec<(Why, i64)>,
    /// What clawbacks could not take of it and the wallet owes.
    pub owed: i64,
}

impl Grant {
    fn gone(&self, why: Why) -> i64 {
        self.gone.iter().filter(|(reason, _)| *reason == why).map(|(_, amount)| amount).sum()
    }

    pub fn remaining(&self) -> i64 {
        self.amount - self.gone.iter().map(|(_, amount)| amount).sum::<i64>()
    }

    /// What clawbacks accounted for.
    pub fn clawed(&self) -> i64 {
        self.gone(Why::ClawedBack) + self.owed
    }

    pub fn is_frozen(&self) -> bool {
        self.frozen_at.is_some()
    }

    /// Its expiry has come, and its clock does not stand still.
    pub fn is_past(&self, at: i64) -> bool {
        !self.is_frozen() && self.expires_at.is_some_and(|end| at >= end)
    }

    /// Credits may be drawn from it.
    pub fn is_open(&self, at: i64) -> bool {
        at >= self.effective_at && !self.is_past(at) && !self.is_frozen()
    }

    /// What the next `part` of it had cost: the parts add up to the whole.
    pub fn cost_of(&self, part: i64) -> Option<Cost> {
        let cost = self.cost?;
        let upto = |gone: i64| {
            let share = i128::from(cost.micro_cents) * i128::from(gone) / i128::from(self.amount);
            i64::try_from(share).expect("a share is less than the whole")
        };
        let gone = self.amount - self.remaining();
        Some(Cost { micro_cents: upto(gone + part) - upto(gone), currency: cost.currency })
    }

    /// As the ledger should have it.
    pub fn expected(&self, wallet: WalletId, held: i64, seq: ledger::Seq) -> ledger::Grant {
        let terms = GrantTerms {
            source: self.source,
            amount: credits(self.amount),
            priority: self.priority,
            effective_at: time(self.effective_at),
            cost: self.cost,
            created_at: time(self.created_at),
        };
        let state = GrantState {
            remaining: credits(self.remaining()),
            held: credits(held),
            expires_at: self.expires_at.map(time),
            frozen_at: self.frozen_at.map(time),
            clawed: credits(self.clawed()),
            expired: credits(self.gone(Why::Expired)),
        };
        ledger::Grant { id: self.id, wallet, terms, state, seq }
    }
}
