//! The load: connections that ask as fast as they are answered, or at a rate.
//!
//! At a rate, a request that had to wait for a free connection is timed from the
//! moment it was due: a server that stalls can't hide behind the clients it
//! stalled.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use futures::future::try_join_all;
use hdrhistogram::Histogram;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::work::{Common, Work};
use crate::wiring::machine::instant;

/// The longest time that is told apart, in microseconds.
const LONGEST_US: u64 = 60_000_000;

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

impl Loaded {
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
        let times = Histogram::new_with_bounds(1, LONGEST_US, 3)?;
        let loaded = Loaded { done: 0, refused: 0, refusal: None, took: Duration::ZERO, times };
        let shared = Shared {
            load: self,
            started,
            until: started + self.time,
            tickets: Cell::new(0),
            loaded: RefCell::new(loaded),
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
            let request = self.load.work.request(self.load.common, number)?;
            let response = sender.send_request(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            let took = instant().duration_since(from);
            let mut loaded = self.loaded.borrow_mut();
            if status.is_success() {
                loaded.done += self.load.work.weight();
            } else {
                loaded.refused += 1;
                loaded.refusal.get_or_insert_with(|| String::from_utf8_lossy(&body).into_owned());
            }
            let micros = u64::try_from(took.as_micros()).unwrap_or(LONGEST_US);
            loaded.times.saturating_record(micros);
        }
        Ok(())
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
        // The timer's own lateness is not the server's.
        Some(instant())
    }
}
