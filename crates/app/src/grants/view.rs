//! A grant as its owner sees it.

use domain::{Cost, Credits, GrantId, GrantStatus, Seq, Source, Time, UserId};
use ledger::{Grant, Record};

/// A bucket of a user's credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantView {
    /// Its id.
    pub id: GrantId,
    /// Whose.
    pub user: UserId,
    /// Where the credits come from.
    pub source: Source,
    /// How many there were.
    pub amount: Credits,
    /// How many are left, held ones included.
    pub remaining: Credits,
    /// Reserved by open holds.
    pub held: Credits,
    /// Kept back while a chargeback is open: what is left and not held.
    pub frozen: Credits,
    /// 0..=100, lower burns first.
    pub priority: i64,
    /// Not spendable before.
    pub effective_at: Time,
    /// Not spendable from then.
    pub expires_at: Option<Time>,
    /// What all of it cost.
    pub cost: Option<Cost>,
    /// Where it stands.
    pub status: GrantStatus,
    /// When it was made.
    pub created_at: Time,
    /// The last record in it.
    pub seq: Seq,
}

impl GrantView {
    /// The grant a record made, as the record left it.
    pub(crate) fn made_by(user: UserId, record: &Record) -> Option<Self> {
        let change = record.grants.iter().find(|change| change.made.is_some())?;
        let grant = Grant {
            id: change.id,
            wallet: record.wallet?,
            terms: change.made.clone()?,
            state: change.state.clone(),
            seq: record.seq,
        };
        Some(Self::of(user, &grant, record.at))
    }

    /// The grant as it stands at that instant.
    pub(crate) fn of(user: UserId, grant: &Grant, at: Time) -> Self {
        let frozen = grant.state.frozen_at.map_or(Credits::ZERO, |_| grant.unheld());
        Self {
            id: grant.id,
            user,
            source: grant.terms.source,
            amount: grant.terms.amount,
            remaining: grant.state.remaining,
            held: grant.state.held,
            frozen,
            priority: grant.terms.priority,
            effective_at: grant.terms.effective_at,
            expires_at: grant.state.expires_at,
            cost: grant.terms.cost,
            status: grant.status(at),
            created_at: grant.terms.created_at,
            seq: grant.seq,
        }
    }
}
