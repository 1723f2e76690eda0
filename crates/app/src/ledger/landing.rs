//! Landing: what the end of a commit means. What is on disk is merged and answered; what
//! is not is decided anew, settled, or refused where the ledger stops.

use std::sync::Arc;

use store::Error;

use super::commit::{Came, Committer, Failure};
use super::desk::{Begin, Desk, Flight};
use super::error::SubmitError;

/// How long a server that can't be reached is tried before those who wait are told so, in
/// microseconds. A try may take as long itself, so it is twice that at most.
const AWAY_MAX: i64 = 10_000_000;

impl Committer {
    /// A commit has ended so.
    pub(super) fn end(self: &Arc<Self>, number: u64, done: Result<Came, Failure>) {
        match done {
            Ok(Came::Committed) => self.land(number, |desk| desk.begin),
            Ok(Came::Caught) => self.land(number, |desk| desk.usual),
            Ok(Came::Settled(count)) => self.settle(number, count),
            Err(Failure::Refused) => self.place(|desk| desk.has_ended(number)),
            Err(Failure::Broken(broken)) => self.stop(number, &broken.to_string()),
            Err(Failure::Foreign(why)) => self.stop(number, why),
            Err(Failure::Store(error)) => self.mend(number, &error),
        }
    }

    /// It is on disk.
    fn land(self: &Arc<Self>, number: u64, begin: fn(&Desk) -> Begin) {
        let (landed, is_sound) = self.place(|desk| {
            desk.has_ended(number);
            desk.begin = begin(desk);
            desk.away_since = None;
            let is_next = desk.flights.front().is_some_and(|next| next.number == number);
            let is_sound = desk.fallen.iter().all(|fallen| fallen.number != number);
            (is_next.then(|| self.confirm(desk)).flatten(), is_sound)
        });
        if !is_sound {
            return self.refuse_all("an append went through behind one that did not");
        }
        if let Some(flight) = landed {
            self.answer_landed(flight);
        }
    }

    /// So many of the flights that were in doubt are on disk, the others never will be.
    fn settle(self: &Arc<Self>, number: u64, count: usize) {
        let landed: Vec<Flight> = self.place(|desk| {
            desk.has_ended(number);
            let landed = (0..count).filter_map(|_| self.confirm(desk)).collect();
            self.fall(desk, None);
            desk.begin = Begin::Locking;
            desk.away_since = None;
            landed
        });
        for flight in landed {
            self.answer_landed(flight);
        }
    }

    /// Who closes waits for this: until it is sent an answer could be lost.
    fn answer_landed(self: &Arc<Self>, flight: Flight) {
        self.answer(flight);
        self.place(|desk| desk.landed -= 1);
    }

    /// The oldest flight, merged, its records at the end of the tail: nobody catches up
    /// with others before that.
    fn confirm(&self, desk: &mut Desk) -> Option<Flight> {
        let mut flight = desk.flights.pop_front()?;
        desk.landed += 1;
        self.shared().confirm(std::mem::take(&mut flight.decided.wallets));
        self.shared().keep(flight.decided.sealed.iter().cloned());
        Some(flight)
    }

    /// A flight and what was decided on it did not happen, or none of them did.
    fn fall(&self, desk: &mut Desk, number: Option<u64>) {
        let kept = desk.fall_from(number);
        self.shared().working_mut().give_up(kept);
    }

    /// What a failed append means.
    fn mend(self: &Arc<Self>, number: u64, error: &Error) {
        let is_shared = self.shared().db.is_shared();
        match error {
            Error::HeadMoved if is_shared => self.again(number),
            Error::CommitUnknown(_) if is_shared => self.doubt(number),
            Error::Lost(_) | Error::Busy if is_shared => self.try_again(number),
            Error::Busy => self.place(|desk| {
                desk.has_ended(number);
                self.fall(desk, Some(number));
                desk.fallen.drain(..).for_each(|flight| flight.refuse(&SubmitError::Overloaded));
            }),
            // Of what was sent behind something in doubt it is found out too.
            error if is_shared && self.is_in_doubt() => self.stay_in_doubt(number, error),
            error => self.stop(number, &format!("an append failed: {error}")),
        }
    }

    /// It is looked for again what happened, until this server closes.
    fn stay_in_doubt(self: &Arc<Self>, number: u64, error: &Error) {
        if self.shared().closing.is_cancelled() {
            return self.stop(number, "it closed while a commit was in doubt");
        }
        let error: &dyn std::error::Error = error;
        tracing::warn!(error, "ledger.commit_unknown");
        self.place(|desk| {
            desk.has_ended(number);
            desk.is_paused = true;
        });
        self.pause();
    }

    fn is_in_doubt(&self) -> bool {
        super::shared::lock(&self.desk).begin == Begin::Settling
    }

    /// It is decided anew, with the head locked.
    fn again(self: &Arc<Self>, number: u64) {
        self.place(|desk| {
            desk.has_ended(number);
            if desk.begin != Begin::Settling {
                self.fall(desk, Some(number));
                desk.begin = Begin::Locking;
            }
        });
    }

    /// The server is away. Nothing was written, or that is in doubt already.
    fn try_again(self: &Arc<Self>, number: u64) {
        if self.shared().closing.is_cancelled() {
            return self.stop(number, "the database went away while the server closed");
        }
        self.place(|desk| {
            desk.is_paused = true;
        });
        self.again(number);
        let now = self.shared().clock.monotonic();
        self.place(|desk| {
            let since = *desk.away_since.get_or_insert(now);
            if now - since >= AWAY_MAX {
                // Not what is in doubt: that is told what became of it.
                desk.refuse(&SubmitError::Overloaded);
            }
        });
        self.pause();
    }

    /// It may have happened: the head will tell.
    fn doubt(self: &Arc<Self>, number: u64) {
        let has_records = self.place(|desk| {
            let mut flights = desk.flights.iter();
            let has_records = flights.any(|flight| !flight.decided.sealed.is_empty());
            let stands = desk.flights.iter().any(|flight| flight.number == number);
            if has_records && stands {
                desk.begin = Begin::Settling;
            }
            desk.is_paused = true;
            has_records && stands
        });
        if has_records {
            tracing::warn!("ledger.commit_unknown");
        }
        self.again(number);
        self.pause();
    }

    fn stop(self: &Arc<Self>, number: u64, why: &str) {
        self.shared().fail(why);
        self.place(|desk| desk.has_ended(number));
        self.refuse_all(why);
    }

    /// Stops the ledger, and tells everyone.
    fn refuse_all(self: &Arc<Self>, why: &str) {
        self.shared().fail(why);
        self.place(|desk| {
            self.fall(desk, None);
            desk.refuse(&SubmitError::Stopped);
            desk.begin = desk.usual;
        });
    }
}
