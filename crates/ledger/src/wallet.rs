//! A wallet with its open grants and open holds: the unit a command works on.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::credits::Credits;
use crate::grant::Grant;
use crate::hold::{Hold, words};
use crate::id::{GrantId, HoldId, Seq, WalletId};
use crate::record::Balances;
use crate::text::Text;
use crate::time::Time;

/// Who owns a wallet. Organisations will be a variant beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A user, by id.
    User(i64),
}

words!(
    /// What a wallet may do.
    Status {
        /// Everything.
        Active = "active",
        /// No new spends and holds; what is held may be captured or released.
        Paused = "paused",
        /// As paused; its owner can't sign in either.
        Suspended = "suspended",
    }
);

/// A wallet, as the last record in it left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    /// Which one.
    pub id: WalletId,
    /// Whose.
    pub owner: Owner,
    /// What it counts, `credit` today.
    pub unit: Text,
    /// When it was opened.
    pub opened_at: Time,
    /// Its figures.
    pub balances: Balances,
    /// The last record in it.
    pub seq: Seq,
    /// Open grants (something remains), in burn order.
    pub(crate) grants: Vec<Grant>,
    /// Open holds.
    pub(crate) holds: BTreeMap<HoldId, Arc<Hold>>,
    /// Open holds by the instant they fall due, children first.
    pub(crate) due: BTreeSet<(Time, Reverse<i64>, HoldId)>,
}

impl Wallet {
    /// A wallet from its row and the rows of its open grants and holds.
    /// Closed ones among them are left out.
    pub fn load(
        head: Wallet,
        grants: impl IntoIterator<Item = Grant>,
        holds: impl IntoIterator<Item = Hold>,
    ) -> Self {
        let mut wallet = head;
        for grant in grants {
            wallet.put_grant(grant);
        }
        for hold in holds {
            wallet.put_hold(hold);
        }
        wallet
    }

    /// A wallet without grants and holds.
    pub fn empty(id: WalletId, owner: Owner, unit: Text, opened_at: Time) -> Self {
        Self {
            id,
            owner,
            unit,
            opened_at,
            balances: Balances::OPENED,
            seq: Seq::from_number(id.number()),
            grants: Vec::new(),
            holds: BTreeMap::new(),
            due: BTreeSet::new(),
        }
    }

    /// Open grants, in burn order.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Open holds, oldest first.
    pub fn holds(&self) -> impl Iterator<Item = &Hold> + Clone {
        self.holds.values().map(AsRef::as_ref)
    }

    /// An open grant.
    pub fn grant(&self, id: GrantId) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.id == id)
    }

    /// An open hold.
    pub fn hold(&self, id: HoldId) -> Option<&Hold> {
        self.holds.get(&id).map(AsRef::as_ref)
    }

    /// What may be spent or held at that instant:
    /// `posted − held − frozen − not yet effective`, nothing while it owes.
    pub fn available(&self, at: Time) -> Credits {
        if self.balances.debt.is_positive() {
            return Credits::ZERO;
        }
        self.drawable(at)
    }

    /// What the open grants hold unreserved at that instant.
    pub(crate) fn drawable(&self, at: Time) -> Credits {
        self.grants
            .iter()
            .filter(|grant| grant.is_open(at))
            .try_fold(Credits::ZERO, |sum, grant| sum.checked_add(grant.unheld()))
            .unwrap_or(Credits::ZERO)
    }

    /// The next grant to expire with something unheld in it.
    pub fn expiring_next(&self) -> Option<&Grant> {
        self.grants
            .iter()
            .filter(|grant| grant.state.frozen_at.is_none() && grant.unheld().is_positive())
            .filter(|grant| grant.state.expires_at.is_some())
            .min_by_key(|grant| (grant.state.expires_at, grant.id))
    }

    /// Keeps a grant in its place while something remains of it.
    pub(crate) fn put_grant(&mut self, grant: Grant) {
        self.grants.retain(|kept| kept.id != grant.id);
        if grant.state.remaining.is_positive() {
            let place = self.grants.partition_point(|kept| kept.burn_key() < grant.burn_key());
            self.grants.insert(place, grant);
        }
    }

    /// Keeps a hold while it is open.
    pub(crate) fn put_hold(&mut self, hold: Hold) {
        if let Some(old) = self.holds.remove(&hold.id) {
            self.due.remove(&due_key(&old));
        }
        if hold.is_open() {
            self.due.insert(due_key(&hold));
            self.holds.insert(hold.id, Arc::new(hold));
        }
    }
}

/// Holds fall due by expiry, children before parents, older first.
fn due_key(hold: &Hold) -> (Time, Reverse<i64>, HoldId) {
    (hold.state.expires_at, Reverse(hold.terms.depth), hold.id)
}
