//! What a connection is doing, so that one timer can tell when it does nothing.
//!
//! The bytes and the requests of a connection note what happens, without a
//! lock; the timer looks when a deadline may have passed. This module must not
//! know HTTP.

use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::limits::Limits;

/// Between requests, nothing has come yet.
const IDLE: u8 = 0;
/// Bytes of a head have come, not all.
const READING: u8 = 1;
/// As idle, on a connection that carries several requests at once: frames
/// that are no request may come at any time.
const SHARED: u8 = 2;

/// What a connection is doing, and since when.
pub(super) struct Pulse {
    opened: Instant,
    /// Milliseconds after `opened`.
    since_ms: AtomicU64,
    phase: AtomicU8,
    requests: AtomicUsize,
}

/// A request being answered.
pub(super) struct Beat<'a>(&'a Pulse);

#[expect(clippy::disallowed_methods, reason = "timeouts of sockets follow the runtime's clock")]
fn now() -> Instant {
    Instant::now()
}

impl Pulse {
    /// A connection just opened: its first head is awaited.
    pub(super) fn new() -> Self {
        Self {
            opened: now(),
            since_ms: AtomicU64::new(0),
            phase: AtomicU8::new(READING),
            requests: AtomicUsize::new(0),
        }
    }

    fn touch(&self) {
        let passed = now().duration_since(self.opened).as_millis();
        self.since_ms.store(u64::try_from(passed).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Bytes came in.
    pub(super) fn read(&self) {
        match self.phase.load(Ordering::Relaxed) {
            IDLE => {
                self.phase.store(READING, Ordering::Relaxed);
                self.touch();
            }
            SHARED => self.touch(),
            // The head's time runs from its first byte.
            _ => {}
        }
    }

    /// Bytes went out: an answer is on its way still.
    pub(super) fn wrote(&self) {
        if self.phase.load(Ordering::Relaxed) != READING {
            self.touch();
        }
    }

    /// A request begins; it ends when the beat is dropped.
    pub(super) fn begin(&self, shared: Sharing) -> Beat<'_> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let phase = match shared {
            Sharing::Alone => IDLE,
            Sharing::Many => SHARED,
        };
        self.phase.store(phase, Ordering::Relaxed);
        Beat(self)
    }

    /// When its time is up, as it is now; `None` while it works, which has a
    /// limit of its own.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        if self.requests.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let patience = match self.phase.load(Ordering::Relaxed) {
            READING => limits.header_timeout,
            _ => limits.idle_timeout,
        };
        let since = Duration::from_millis(self.since_ms.load(Ordering::Relaxed));
        Some(self.opened + since + patience)
    }

    /// Waits until its time is up.
    pub(super) async fn stops(&self, limits: &Limits) {
        let shortest = limits.header_timeout.min(limits.idle_timeout);
        loop {
            let next = now() + shortest;
            match self.deadline(limits) {
                Some(deadline) if deadline <= now() => return,
                // What is idle now may read soon, and has less time then.
                Some(deadline) => tokio::time::sleep_until(deadline.min(next)).await,
                None => tokio::time::sleep_until(next).await,
            }
        }
    }
}

/// How many requests a connection carries at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// One: HTTP/1.
    Alone,
    /// Several: HTTP/2.
    Many,
}

impl Drop for Beat<'_> {
    fn drop(&mut self) {
        self.0.touch();
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            ..Limits::default()
        }
    }

    async fn seconds(pulse: &Pulse) -> u64 {
        let from = now();
        pulse.stops(&limits()).await;
        now().duration_since(from).as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_says_nothing_ends_with_the_header_timeout() {
        assert_eq!(seconds(&Pulse::new()).await, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_of_a_head_that_drip_do_not_buy_time() {
        let pulse = Pulse::new();
        drop(pulse.begin(Sharing::Alone));
        pulse.read();
        tokio::time::advance(Duration::from_secs(6)).await;
        pulse.read();
        assert_eq!(seconds(&pulse).await, 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_between_requests_has_longer() {
        let pulse = Pulse::new();
        drop(pulse.begin(Sharing::Alone));
        assert_eq!(seconds(&pulse).await, 75);
    }

    #[tokio::test(start_paused = true)]
    async fn a_working_connection_does_not_end() {
        let pulse = Pulse::new();
        let beat = pulse.begin(Sharing::Alone);
        let waited = tokio::time::timeout(Duration::from_secs(1_000), pulse.stops(&limits())).await;
        assert!(waited.is_err());
        drop(beat);
        assert!((75..=85).contains(&seconds(&pulse).await));
    }

    #[tokio::test(start_paused = true)]
    async fn frames_between_requests_of_a_shared_connection_are_no_head() {
        let pulse = Pulse::new();
        drop(pulse.begin(Sharing::Many));
        tokio::time::advance(Duration::from_mins(1)).await;
        pulse.read();
        assert_eq!(seconds(&pulse).await, 75);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_still_written_keeps_it_open() {
        let pulse = Pulse::new();
        drop(pulse.begin(Sharing::Alone));
        tokio::time::advance(Duration::from_secs(70)).await;
        pulse.wrote();
        assert_eq!(seconds(&pulse).await, 75);
    }
}
