//! How large commits are and how long they take, counted in buckets.
//!
//! This module must not know who reads it.

use std::time::Duration;

/// Powers of two: a commit takes up to 1 024 orders, and some make several records.
const RECORDS: [f64; 14] = [
    1.0,
    2.0,
    4.0,
    8.0,
    16.0,
    32.0,
    64.0,
    128.0,
    256.0,
    512.0,
    1_024.0,
    2_048.0,
    4_096.0,
    f64::INFINITY,
];

/// A fast disk syncs in half a millisecond; who waits a second should look at theirs.
const SECONDS: [f64; 12] =
    [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, f64::INFINITY];

/// Every commit since the start that appended records.
#[derive(Clone, Debug)]
pub struct Commits {
    /// By how many records they appended.
    pub records: Tally,
    /// By their seconds, from where the transaction began to where it was known.
    pub seconds: Tally,
}

/// Observations in buckets.
#[derive(Clone, Debug)]
pub struct Tally {
    /// What was observed, added up.
    pub sum: f64,
    /// How often.
    pub count: u64,
    /// Each bucket's upper bound, the last one infinite, and how many observations
    /// are in it and in none before.
    pub buckets: Vec<(f64, u64)>,
}

impl Commits {
    pub(super) fn none() -> Self {
        Self { records: Tally::empty(&RECORDS), seconds: Tally::empty(&SECONDS) }
    }

    /// Counts one.
    pub(super) fn count(&mut self, records: usize, took: Duration) {
        self.records.observe(u32::try_from(records).unwrap_or(u32::MAX).into());
        self.seconds.observe(took.as_secs_f64());
    }
}

impl Tally {
    pub(crate) fn empty(bounds: &[f64]) -> Self {
        let buckets = bounds.iter().map(|bound| (*bound, 0)).collect();
        Self { sum: 0.0, count: 0, buckets }
    }

    pub(crate) fn observe(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
        if let Some((_, count)) = self.buckets.iter_mut().find(|(bound, _)| value <= *bound) {
            *count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observation_is_in_the_first_bucket_that_bounds_it() {
        let mut commits = Commits::none();
        for (records, micros) in [(1, 500), (3, 501), (4_096, 1_000_000), (4_097, 1_000_001)] {
            commits.count(records, Duration::from_micros(micros));
        }
        let filled = |tally: &Tally| {
            let filled = tally.buckets.iter().filter(|(_, count)| *count > 0);
            filled.map(|(bound, count)| (bound.to_string(), *count)).collect::<Vec<_>>()
        };
        let once = |bounds: [&str; 4]| bounds.map(|bound| (bound.to_owned(), 1)).to_vec();
        assert_eq!(filled(&commits.records), once(["1", "4", "4096", "inf"]));
        assert_eq!(filled(&commits.seconds), once(["0.0005", "0.001", "1", "inf"]));
        assert_eq!((commits.records.count, commits.records.sum.to_string()), (4, "8197".into()));
    }
}
