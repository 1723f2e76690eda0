//! Work that waits for a thread, in lanes: an earlier lane always goes first.
//!
//! This module must not know what the work is.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::Error;

/// Jobs in `LANES` lanes, first in, first out within one.
pub(super) struct Queue<J, const LANES: usize> {
    state: Mutex<State<J, LANES>>,
    ready: Condvar,
}

struct State<J, const LANES: usize> {
    lanes: [VecDeque<J>; LANES],
    open: bool,
}

impl<J, const LANES: usize> Queue<J, LANES> {
    pub(super) fn new() -> Self {
        let lanes = std::array::from_fn(|_| VecDeque::new());
        Self { state: Mutex::new(State { lanes, open: true }), ready: Condvar::new() }
    }

    /// Adds a job to a lane, unless the queue is closed.
    pub(super) fn push(&self, lane: usize, job: J) -> Result<(), Error> {
        let mut state = self.lock();
        if !state.open {
            return Err(Error::Closed);
        }
        state.lanes[lane].push_back(job);
        drop(state);
        self.ready.notify_one();
        Ok(())
    }

    /// Waits for the next job; `None` once the queue is closed and empty.
    pub(super) fn take(&self) -> Option<J> {
        let mut state = self.lock();
        loop {
            let job = state.lanes.iter_mut().find_map(VecDeque::pop_front);
            if job.is_some() || !state.open {
                return job;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes no more jobs; those that wait are still given out.
    pub(super) fn close(&self) {
        self.lock().open = false;
        self.ready.notify_all();
    }

    /// How many wait, by lane.
    pub(super) fn lengths(&self) -> [usize; LANES] {
        let state = self.lock();
        std::array::from_fn(|lane| state.lanes[lane].len())
    }

    /// Nothing in here panics half-way, so a poisoned lock guards sound data.
    fn lock(&self) -> MutexGuard<'_, State<J, LANES>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_lane_goes_first_and_a_closed_queue_is_emptied() {
        let queue = Queue::<&str, 3>::new();
        for (lane, job) in [(2, "slice"), (1, "edit"), (0, "append"), (0, "append too")] {
            queue.push(lane, job).unwrap();
        }
        assert_eq!(queue.lengths(), [2, 1, 1]);
        queue.close();
        assert!(matches!(queue.push(0, "late"), Err(Error::Closed)));
        let order: Vec<_> = std::iter::from_fn(|| queue.take()).collect();
        assert_eq!(order, ["append", "append too", "edit", "slice"]);
    }
}
