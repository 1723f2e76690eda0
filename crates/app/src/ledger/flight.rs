//! Taking off: a commit takes what waits, and it is decided on top of what is being
//! committed.

use std::sync::Arc;

use ledger::{Read as _, Sealed, WalletId};
use store::Tx;
use store::journal::{self, Appending, Locked};

use super::commit::{Came, Committer, Failure};
use super::decide::decide;
use super::desk::{Begin, Flight};
use super::error::SubmitError;
use super::others;
use super::shared::lock;

/// The most orders of one commit, except that one request is never split.
const BATCH_MAX: usize = 1_024;

/// What was taken, and why nothing was decided on it.
struct Undecided {
    failure: Failure,
    flight: Flight,
}

impl Undecided {
    fn refuse(self) -> Failure {
        self.flight.refuse(&SubmitError::Stopped);
        self.failure
    }
}

impl Committer {
    /// What is appended next behind what is being committed, as far as this server knows
    /// where the head is.
    pub(super) fn prepare(self: &Arc<Self>, number: u64) -> Option<Appending> {
        let began = self.shared().clock.monotonic();
        let taken = self.place(|desk| {
            let trusts = desk.begin == Begin::Trusting;
            trusts.then(|| desk.take(number, BATCH_MAX, began))
        });
        let Some(flight) = taken else { return self.stay(number, None) };
        if self.must_lock(&flight) {
            return self.stay(number, Some(flight));
        }
        match self.decide(flight) {
            Ok(appending) => Some(appending),
            // What was loaded may be ahead of the head this server knows, of which nobody
            // is told before it is seen.
            Err(undecided)
                if self.shared().db.is_shared()
                    && matches!(undecided.failure, Failure::Broken(_)) =>
            {
                self.stay(number, Some(undecided.flight))
            }
            Err(undecided) => {
                self.end(number, Err(undecided.refuse()));
                None
            }
        }
    }

    /// Nothing comes of the commit; what it has taken waits for one with the head locked.
    fn stay(self: &Arc<Self>, number: u64, flight: Option<Flight>) -> Option<Appending> {
        self.place(|desk| {
            if let Some(flight) = flight {
                desk.put_back(std::iter::once(flight));
                desk.begin = Begin::Locking;
            }
            desk.has_ended(number);
        });
        None
    }

    /// Something was loaded that is ahead of this server, or somebody wants to see a
    /// wallet that memory lacks.
    fn must_lock(&self, flight: &Flight) -> bool {
        if !self.shared().db.is_shared() {
            return false;
        }
        let tip = self.shared().tip().seq;
        let mut facts = flight.batch.iter().flat_map(|prepared| &prepared.facts);
        facts.any(|facts| facts.seq > tip) || !self.unseen(flight).is_empty()
    }

    /// Wallets that somebody wants to see and memory lacks.
    fn unseen(&self, flight: &Flight) -> Vec<WalletId> {
        let working = self.shared().working();
        let wanted = flight.looks.iter().filter_map(|look| look.wallet);
        wanted.filter(|id| working.wallet(*id).is_none()).collect()
    }

    /// Applies what was taken, and expects it to be committed. Who can't be served now is
    /// told so; where that is everyone, the flight is refused.
    fn decide(&self, mut flight: Flight) -> Result<Appending, Box<Undecided>> {
        let shared = self.shared();
        let now = match shared.stopped() {
            Some(error) => Err(error),
            None => shared.clock.now().map_err(SubmitError::from),
        };
        let now = match now {
            Ok(now) => now,
            Err(error) => {
                flight.refuse_batch(&error);
                if flight.looks.is_empty() {
                    return Err(Box::new(Undecided { failure: Failure::Refused, flight }));
                }
                shared.head().at
            }
        };
        let decided = decide(shared, now, &flight.batch);
        let (decided, delta) = match decided {
            Ok(decided) => decided,
            Err(broken) => {
                return Err(Box::new(Undecided { failure: Failure::Broken(broken), flight }));
            }
        };
        let sealed = decided.sealed.clone();
        flight.decided = decided;
        let mut desk = lock(&self.desk);
        let mut working = shared.working_mut();
        let appending = Appending { head: working.tip(), fence: desk.fence, sealed };
        working.expect(delta);
        desk.flights.push_back(flight);
        Ok(appending)
    }

    /// A transaction that begins with the head locked, while nothing is under way.
    pub(super) async fn work(&self, tx: &mut Tx, number: u64) -> Result<Came, Failure> {
        let began = self.shared().clock.monotonic();
        let flight = {
            let mut desk = lock(&self.desk);
            (desk.begin == Begin::Locking).then(|| desk.take(number, BATCH_MAX, began))
        };
        match flight {
            Some(flight) => self.catch_up(tx, flight).await,
            None => self.find_out(tx).await,
        }
    }

    /// Decides on what others have written.
    async fn catch_up(&self, tx: &mut Tx, mut flight: Flight) -> Result<Came, Failure> {
        let absent = match self.lock_head(tx, &flight).await {
            Ok(absent) => absent,
            Err(failure) => {
                // It waits for the next one.
                lock(&self.desk).fallen.push(flight);
                return Err(failure);
            }
        };
        for look in &mut flight.looks {
            look.is_absent = look.wallet.is_some_and(|id| absent.contains(&id));
        }
        let decided = self.decide(flight).map_err(|undecided| undecided.refuse());
        let Appending { head, sealed, .. } = decided?;
        journal::append(tx, head, &sealed).await?;
        Ok(Came::Caught)
    }

    /// Knows the head, and which of the wallets that somebody wants to see there are not.
    async fn lock_head(&self, tx: &mut Tx, flight: &Flight) -> Result<Vec<WalletId>, Failure> {
        let Locked { head, fence } = journal::lock_head(tx).await?;
        lock(&self.desk).fence = fence;
        others::catch_up(self.shared(), tx, head).await?;
        // What is loaded is not ahead of the head while that is locked.
        others::admit(self.shared(), tx, self.unseen(flight)).await
    }

    /// Which flights have happened: with the head locked the journal tells, and this
    /// transaction's own COMMIT that its server is still the one. With the fence raised
    /// the others never will.
    async fn find_out(&self, tx: &mut Tx) -> Result<Came, Failure> {
        let Locked { fence, .. } = journal::fence_head(tx).await?;
        let ends: Vec<Option<Arc<Sealed>>> = {
            let mut desk = lock(&self.desk);
            desk.fence = fence;
            desk.flights.iter().map(|flight| flight.decided.sealed.last().cloned()).collect()
        };
        // What has no records has happened where something behind it has.
        for (place, end) in ends.iter().enumerate().rev() {
            let Some(end) = end else { continue };
            if others::hash_at(tx, &end.record).await? == Some(end.hash) {
                return Ok(Came::Settled(place + 1));
            }
        }
        Ok(Came::Settled(0))
    }
}
