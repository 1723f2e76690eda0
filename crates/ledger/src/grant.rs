//! A grant: a bucket of credits in a wallet, and how its state changes.

use crate::account::Source;
use crate::cost::Cost;
use crate::credits::Credits;
use crate::id::{GrantId, Seq, WalletId};
use crate::time::Time;

/// A bucket of credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which one.
    pub id: GrantId,
    /// Whose.
    pub wallet: WalletId,
    /// What never changes.
    pub terms: GrantTerms,
    /// What does.
    pub state: GrantState,
    /// The last record in it.
    pub seq: Seq,
}

/// What a grant was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantTerms {
    /// Where the credits come from.
    pub source: Source,
    /// How many there were.
    pub amount: Credits,
    /// 0..=100, lower burns first.
    pub priority: i64,
    /// Not spendable before.
    pub effective_at: Time,
    /// What the whole amount cost.
    pub cost: Option<Cost>,
    /// When it was made.
    pub created_at: Time,
}

/// What is left of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantState {
    /// Not yet spent, expired or clawed back; holds included.
    pub remaining: Credits,
    /// Reserved by open holds.
    pub held: Credits,
    /// Not spendable from this instant; moves on when a frozen grant thaws.
    pub expires_at: Option<Time>,
    /// Since when it is frozen.
    pub frozen_at: Option<Time>,
    /// Accounted to clawbacks so far, debt included.
    pub clawed: Credits,
    /// Lost to its expiry.
    pub expired: Credits,
}

/// A grant's state behind a record, whole. `made` on the record that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantChange {
    /// Which grant.
    pub id: GrantId,
    /// Its terms, when this record made it.
    pub made: Option<GrantTerms>,
    /// Its state after the record.
    pub state: GrantState,
}

/// What a person sees of a grant's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantStatus {
    /// Not yet effective.
    Pending,
    /// Spendable, or held.
    Open,
    /// Frozen by a chargeback.
    Frozen,
    /// Nothing left.
    Spent,
    /// Nothing left, some of it expired.
    Expired,
    /// Nothing left, some of it clawed back.
    ClawedBack,
}

impl Grant {
    /// What no hold reserves.
    pub fn unheld(&self) -> Credits {
        self.state.remaining.checked_sub(self.state.held).unwrap_or(Credits::ZERO)
    }

    /// Whether credits may be drawn from it at that instant.
    pub fn is_open(&self, at: Time) -> bool {
        self.terms.effective_at <= at && !self.is_past(at) && self.state.frozen_at.is_none()
    }

    /// Whether its expiry has come: a frozen grant's clock stands still.
    pub fn is_past(&self, at: Time) -> bool {
        self.state.frozen_at.is_none() && self.state.expires_at.is_some_and(|end| end <= at)
    }

    /// Its place in the burn order: priority, soonest expiry, oldest.
    pub(crate) fn burn_key(&self) -> (i64, Time, GrantId) {
        let never = Time::from_micros(i64::MAX);
        (self.terms.priority, self.state.expires_at.unwrap_or(never), self.id)
    }

    /// What a person sees at that instant.
    pub fn status(&self, at: Time) -> GrantStatus {
        if self.state.frozen_at.is_some() {
            GrantStatus::Frozen
        } else if self.state.remaining.is_positive() {
            if self.terms.effective_at > at { GrantStatus::Pending } else { GrantStatus::Open }
        } else if self.state.expired.is_positive() {
            GrantStatus::Expired
        } else if self.state.clawed.is_positive() {
            GrantStatus::ClawedBack
        } else {
            GrantStatus::Spent
        }
    }
}

impl GrantStatus {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Open => "open",
            Self::Frozen => "frozen",
            Self::Spent => "spent",
            Self::Expired => "expired",
            Self::ClawedBack => "clawed_back",
        }
    }
}
