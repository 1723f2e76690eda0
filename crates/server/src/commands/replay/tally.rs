//! What a replay came to: exact sums, counts, and how long steps took.

use std::time::Duration;

use domain::Credits;
use hdrhistogram::Histogram;

use super::target::{Held, Settled};

/// The longest step that is told apart, in microseconds.
const LONGEST_US: u64 = 60_000_000;

/// The steps that are timed, in order.
pub(super) const STEPS: [&str; 4] = ["quote", "hold", "capture", "release"];

/// A step that is timed; its number is its place in [`STEPS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timed {
    Quote,
    Hold,
    Capture,
    Release,
}

/// What one call came to.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) held: Option<Held>,
    pub(super) settled: Option<Settled>,
    pub(super) times: Vec<(Timed, Duration)>,
}

/// What a replay came to.
pub(super) struct Tally {
    pub(super) runs: u64,
    pub(super) captures: u64,
    pub(super) releases: u64,
    /// Runs that did not get to their end.
    pub(super) refused: u64,
    /// Holds and settlements that were answered.
    pub(super) mutations: u64,
    /// How many of them were stored answers.
    pub(super) replayed: u64,
    pub(super) held: Credits,
    pub(super) captured: Credits,
    pub(super) released: Credits,
    pub(super) took: Duration,
    times: [Histogram<u64>; 4],
}

impl Tally {
    pub(super) fn new() -> anyhow::Result<Self> {
        let histogram = || Histogram::new_with_bounds(1, LONGEST_US, 3);
        Ok(Self {
            runs: 0,
            captures: 0,
            releases: 0,
            refused: 0,
            mutations: 0,
            replayed: 0,
            held: Credits::ZERO,
            captured: Credits::ZERO,
            released: Credits::ZERO,
            took: Duration::ZERO,
            times: [histogram()?, histogram()?, histogram()?, histogram()?],
        })
    }

    /// Adds one call; none if the sums are too large to be true.
    pub(super) fn count(&mut self, outcome: &Outcome) -> Option<()> {
        self.runs += 1;
        self.refused += u64::from(outcome.settled.is_none());
        if let Some(held) = &outcome.held {
            self.mutations += 1;
            self.replayed += u64::from(held.replayed);
            self.held = self.held.checked_add(held.amount)?;
        }
        if let Some(settled) = &outcome.settled {
            self.mutations += 1;
            self.replayed += u64::from(settled.replayed);
            self.captured = self.captured.checked_add(settled.captured)?;
            self.released = self.released.checked_add(settled.released)?;
        }
        for (step, time) in &outcome.times {
            match step {
                Timed::Capture => self.captures += 1,
                Timed::Release => self.releases += 1,
                Timed::Quote | Timed::Hold => {}
            }
            let micros = u64::try_from(time.as_micros()).unwrap_or(LONGEST_US);
            self.times[place(*step)].saturating_record(micros);
        }
        Some(())
    }

    /// How long a step took for the median and the slowest hundredth.
    pub(super) fn quantiles(&self, step: &str) -> Option<(Duration, Duration)> {
        let place = STEPS.iter().position(|name| *name == step)?;
        let times = &self.times[place];
        let at = |quantile| Duration::from_micros(times.value_at_quantile(quantile));
        (!times.is_empty()).then(|| (at(0.5), at(0.99)))
    }

    /// Runs a second.
    pub(super) fn rate(&self) -> u64 {
        let micros = self.took.as_micros().max(1);
        u64::try_from(u128::from(self.runs) * 1_000_000 / micros).unwrap_or(u64::MAX)
    }
}

const fn place(step: Timed) -> usize {
    match step {
        Timed::Quote => 0,
        Timed::Hold => 1,
        Timed::Capture => 2,
        Timed::Release => 3,
    }
}
