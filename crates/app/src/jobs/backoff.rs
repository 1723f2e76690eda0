//! How long a job waits that failed: twice as long each time, up to an hour, and
//! apart from others that failed with it.

use domain::Time;

/// The longest first wait, in microseconds.
const FIRST: i64 = 2 * Time::SECOND;
/// The longest wait: 2 s doubled 11 times is above it, after an hour in all. So 34
/// failures take about a day.
const MOST: i64 = 3_600 * Time::SECOND;

/// How long it waits after so many failures in a row, in microseconds: from half of
/// what it may be to all of it, the same for the same job and failure.
pub(super) fn wait(job: i64, failures: i64) -> i64 {
    let doublings = failures.saturating_sub(1).clamp(0, 11);
    let most = (FIRST << doublings).min(MOST);
    let half = most / 2;
    half + half * share(job, failures) / SHARES
}

const SHARES: i64 = 1 << 10;

/// One of `SHARES`, by the mixing of splitmix64.
fn share(job: i64, failures: i64) -> i64 {
    let mut mixed = job.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^= failures.cast_unsigned().wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed >> 54).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_waits_longer_up_to_an_hour() {
        let waits: Vec<_> = (1..=40).map(|failures| wait(7, failures)).collect();
        for (place, wait) in waits.iter().enumerate() {
            let most = MOST.min(FIRST << place.min(11));
            assert!((most / 2..=most).contains(wait), "{place}: {wait}");
        }
        let in_all: i64 = waits.iter().take(34).sum();
        assert!((12..=30).contains(&(in_all / MOST)), "34 failures take {in_all} us");
    }

    #[test]
    fn jobs_that_failed_together_come_back_apart_and_always_the_same() {
        let mut waits: Vec<_> = (1..=100).map(|job| wait(job, 10)).collect();
        assert_eq!(waits[6], wait(7, 10));
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 80, "{} of 100 differ", waits.len());
    }
}
