//! The load: connections that ask as fast as they are answered, or at a rate.
//!
//! At a rate, a request is timed from the moment it was due, whether it waited for a
//! free connection or for this process: a server that stalls can't hide behind the
//! clients it stalled.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use futures::future::try_join_all;
use hdrhistogram::Histogram;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::work::{Common, Work};
use crate::wiring::machine::instant;

/// The longest time that is told apart, in microseconds.
const LONGEST_US: u64 = 60_000_000;
/// What a timer may be late by itself: its steps are milliseconds, and it rounds up.
const TIMER: Duration = Duration::from_millis(2);

/// How requests follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pace {
    /// The next one at once.
    Closed,
    /// So many a second, whatever the answers do.
    Open {
        /// Requests a second.
        rate: u64,
    },
}

/// A load.
pub(super) struct Load<'a> {
    pub(super) address: SocketAddr,
    pub(super) common: &'a Common,
    /// The number of the next request of the run.
    pub(super) number: &'a Cell<u64>,
    pub(super) work: Work,
    pub(super) pace: Pace,
    pub(super) connections: usize,
    pub(super) time: Duration,
}

/// What a load came to.
pub(super) struct Loaded {
    /// What was done: spends of a batch count one each.
    pub(super) done: u64,
    /// Requests that were not answered with success.
    pub(super) refused: u64,
    /// The first of those answers.
    pub(super) refusal: Option<String>,
    pub(super) took: Duration,
    times: Histogram<u64>,
}

/// An answer, read to its end.
struct Answer {
    is_success: bool,
    body: Bytes,
}

impl Loaded {
    /// Nothing yet.
    pub(super) fn none() -> anyhow::Result<Self> {
        let times = Histogram::new_with_bounds(1, LONGEST_US, 3)?;
        Ok(Self { done: 0, refused: 0, refusal: None, took: Duration::ZERO, times })
    }

    /// Notes how long a request took.
    pub(super) fn note(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(LONGEST_US);
        self.times.saturating_record(micros);
    }

    /// How many requests took how long, in steps of a twentieth: pairs of the
    /// longest time of a step in microseconds, and a count.
    pub(super) fn histogram(&self) -> Vec<(u64, u64)> {
        let steps = self.times.iter_log(1, 1.05);
        let steps = steps.filter(|step| step.count_since_last_iteration() > 0);
        steps.map(|step| (step.value_iterated_to(), step.count_since_last_iteration())).collect()
    }

    /// What was done a second.
    pub(super) fn rate(&self) -> u64 {
        let micros = self.took.as_micros().max(1);
        u64::try_from(u128::from(self.done) * 1_000_000 / micros).unwrap_or(u64::MAX)
    }

    /// A quantile of the requests' times.
    pub(super) fn quantile(&self, quantile: f64) -> Duration {
        Duration::from_micros(self.times.value_at_quantile(quantile))
    }
}

/// What the connections of a load share: they take turns on one thread.
struct Shared<'a> {
    load: &'a Load<'a>,
    started: Instant,
    until: Instant,
    tickets: Cell<u64>,
    loaded: RefCell<Loaded>,
}

impl Load<'_> {
    /// Runs it to its end.
    pub(super) async fn run(&self) -> anyhow::Result<Loaded> {
        let mut tasks = JoinSet::new();
        let mut senders = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            senders.push(connect(self.address, &mut tasks).await?);
        }
        let started = instant();
        let shared = Shared {
            load: self,
            started,
            until: started + self.time,
            tickets: Cell::new(0),
            loaded: RefCell::new(Loaded::none()?),
        };
        try_join_all(senders.into_iter().map(|sender| shared.work(sender))).await?;
        let mut loaded = shared.loaded.into_inner();
        loaded.took = instant().duration_since(started);
        Ok(loaded)
    }
}

async fn connect(
    address: SocketAddr,
    tasks: &mut JoinSet<hyper::Result<()>>,
) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await.context("the server can't be reached")?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tasks.spawn(connection);
    Ok(sender)
}

impl Shared<'_> {
    /// What one connection does.
    async fn work(&self, mut sender: SendRequest<Full<Bytes>>) -> anyhow::Result<()> {
        while let Some(from) = self.turn().await {
            let number = self.load.number.get();
            self.load.number.set(number + 1);
            let answer = self.ask(&mut sender, number).await?;
            let took = instant().duration_since(from);
            let mut loaded = self.loaded.borrow_mut();
            if answer.is_success {
                loaded.done += self.load.work.weight();
            } else {
                loaded.refused += 1;
                let body = String::from_utf8_lossy(&answer.body);
                loaded.refusal.get_or_insert_with(|| body.into_owned());
            }
            loaded.note(took);
        }
        Ok(())
    }

    /// Asks, and asks what follows from the answer.
    async fn ask(
        &self,
        sender: &mut SendRequest<Full<Bytes>>,
        number: u64,
    ) -> anyhow::Result<Answer> {
        let Load { work, common, .. } = self.load;
        let answer = send(sender, work.request(common, number)?).await?;
        if !answer.is_success {
            return Ok(answer);
        }
        match work.next(common, number, &answer.body)? {
            Some(request) => send(sender, request).await,
            None => Ok(answer),
        }
    }

    /// Waits for the next request's turn: the moment it is timed from, or none
    /// once the time is over.
    async fn turn(&self) -> Option<Instant> {
        let now = instant();
        let Pace::Open { rate } = self.load.pace else {
            return (now < self.until).then_some(now);
        };
        let ticket = self.tickets.get();
        self.tickets.set(ticket + 1);
        let due = self.started + Duration::from_micros(ticket * 1_000_000 / rate.max(1));
        if due >= self.until {
            return None;
        }
        if due <= now {
            return Some(due);
        }
        tokio::time::sleep_until(due.into()).await;
        Some(timed_from(due, instant()))
    }
}

/// The moment a request is timed from that was waited for: what the timer is late
/// by itself is not the server's, what it is late beyond that is.
fn timed_from(due: Instant, woken: Instant) -> Instant {
    woken.min(due + TIMER)
}

async fn send(
    sender: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> anyhow::Result<Answer> {
    sender.ready().await?;
    let response = sender.send_request(request).await?;
    let is_success = response.status().is_success();
    Ok(Answer { is_success, body: response.into_body().collect().await?.to_bytes() })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Loaded, TIMER, timed_from};
    use crate::wiring::machine::instant;

    #[test]
    fn lateness_beyond_a_timers_own_is_counted() {
        let (due, ms) = (instant(), Duration::from_millis(1));
        assert_eq!(timed_from(due, due + ms), due + ms);
        assert_eq!(timed_from(due, due + 50 * ms), due + TIMER);
    }

    #[test]
    fn a_histogram_has_every_request() {
        let mut loaded = Loaded::none().unwrap();
        for ms in 1..=100 {
            loaded.note(Duration::from_millis(ms));
        }
        let histogram = loaded.histogram();
        assert_eq!(histogram.iter().map(|(_, count)| count).sum::<u64>(), 100);
        assert!(histogram.is_sorted());
        let median = loaded.quantile(0.5);
        assert!((49..=51).contains(&median.as_millis()), "{median:?}");
    }
}
