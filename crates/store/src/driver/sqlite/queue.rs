//! Work that waits for a thread, in lanes: an earlier lane goes first, but never
//! twice while a later one waits.
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
    /// Lanes that an earlier one went before while they waited: a commit asks for
    /// the next one before it ends, and would keep everything else out for good.
    passed: [bool; LANES],
    open: bool,
}

impl<J, const LANES: usize> State<J, LANES> {
    fn next(&mut self) -> Option<J> {
        let waits = |lane: &usize| !self.lanes[*lane].is_empty();
        let first = (0..LANES).find(waits)?;
        let lane = (first..LANES).filter(waits).find(|lane| self.passed[*lane]).unwrap_or(first);
        for other in lane + 1..LANES {
            self.passed[other] |= !self.lanes[other].is_empty();
        }
        self.passed[lane] = false;
        self.lanes[lane].pop_front()
    }
}

impl<J, const LANES: usize> Queue<J, LANES> {
    pub(super) fn new() -> Self {
        let lanes = std::array::from_fn(|_| VecDeque::new());
        Self {
            state: Mutex::new(State { lanes, passed: [false; LANES], open: true }),
            ready: Condvar::new(),
        }
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
            let job = state.next();
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
        for (lane, job) in [(2, "slice"), (1, "edit"), (0, "append")] {
            queue.push(lane, job).unwrap();
        }
        assert_eq!(queue.lengths(), [1, 1, 1]);
        queue.close();
        assert!(matches!(queue.push(0, "late"), Err(Error::Closed)));
        let order: Vec<_> = std::iter::from_fn(|| queue.take()).collect();
        assert_eq!(order, ["append", "edit", "slice"]);
    }

    #[test]
    fn appends_that_never_end_keep_nobody_out() {
        let queue = Queue::<&str, 3>::new();
        for (lane, job) in [(2, "slice"), (2, "slice"), (1, "edit"), (0, "append")] {
            queue.push(lane, job).unwrap();
        }
        let order = std::iter::from_fn(|| {
            let job = queue.take()?;
            if job == "append" {
                queue.push(0, "append").unwrap();
            }
            Some(job)
        });
        let order: Vec<_> = order.take(8).collect();
        assert_eq!(
            order,
            ["append", "edit", "slice", "append", "slice", "append", "append", "append"]
        );
    }
}
