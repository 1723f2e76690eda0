//! A phase of a run: a load, and what the server said of itself meanwhile.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Duration;

use super::load::{Load, Loaded, Pace};
use super::metrics::{self, Figures};
use super::plan::What;
use super::work::{Common, Work};
use crate::wiring::machine::instant;

/// How often the server is asked how it is.
const ASK: Duration = Duration::from_millis(500);
/// How long the tables may take to catch up after a phase.
const CATCH_UP_MAX: Duration = Duration::from_mins(1);

/// What asks one server.
pub(super) struct Bench {
    pub(super) address: SocketAddr,
    pub(super) common: Common,
    pub(super) connections: usize,
    /// The server's process, where it is one of ours.
    pub(super) server: Option<u32>,
    /// The number of the next request of the run.
    pub(super) number: Cell<u64>,
}

/// What a phase came to.
pub(super) struct Phase {
    pub(super) what: What,
    /// Whose phase it was, by the place among the books of the run; none is the
    /// yardstick's.
    pub(super) book: Option<usize>,
    /// Requests a second, where they came at a rate.
    pub(super) rate_asked: Option<u64>,
    pub(super) load: Loaded,
    /// Hundredths of a core that were busy on the whole machine.
    pub(super) machine_cpu: Option<u64>,
    pub(super) server: Option<Server>,
}

/// What the server said of itself in a phase.
pub(super) struct Server {
    /// Records the tables were behind at most.
    pub(super) lag_max: u64,
    /// How long they took to catch up after it.
    pub(super) catch_up: Duration,
    /// Records and commits of the phase.
    pub(super) records: u64,
    pub(super) commits: u64,
    /// Processor time, in hundredths of a core: the server's and the load's.
    pub(super) cpu: Option<u64>,
    pub(super) load_cpu: Option<u64>,
    /// The most memory the server has had so far.
    pub(super) bytes_max: Option<u64>,
}

/// Processor times so far, in hundredths of a second; or, after a division by the
/// time, hundredths of a core.
#[derive(Clone, Copy)]
pub(super) struct Ticks {
    server: Option<u64>,
    load: Option<u64>,
    machine: Option<u64>,
}

impl Ticks {
    pub(super) fn read(server: Option<u32>) -> Self {
        Self {
            server: server.and_then(|id| metrics::cpu_ticks(&id.to_string())),
            load: metrics::cpu_ticks("self"),
            machine: metrics::machine_ticks(),
        }
    }

    /// What was used since then, a second.
    fn since(self, before: Self, took: Duration) -> Self {
        let used = |now: Option<u64>, then: Option<u64>| {
            let micros = u64::try_from(took.as_micros()).ok()?;
            now?.checked_sub(then?)?.checked_mul(1_000_000)?.checked_div(micros)
        };
        Self {
            server: used(self.server, before.server),
            load: used(self.load, before.load),
            machine: used(self.machine, before.machine),
        }
    }

    /// What the whole machine used since then, a second.
    pub(super) fn machine_since(self, before: Self, took: Duration) -> Option<u64> {
        self.since(before, took).machine
    }
}

impl Bench {
    /// Runs a phase to its end, and waits until the tables have what it wrote.
    pub(super) async fn run(
        &self,
        (what, book): (What, usize),
        (work, pace): (Work, Pace),
        seconds: u64,
    ) -> anyhow::Result<Phase> {
        let (before, ticks) = (metrics::read(self.address).await?, Ticks::read(self.server));
        let mut lag_max = 0;
        let load = self.load((work, pace), seconds);
        let load = tokio::select! {
            loaded = load.run() => loaded?,
            error = self.watch(&mut lag_max) => return Err(error),
        };
        let used = Ticks::read(self.server).since(ticks, load.took);
        let (catch_up, end) = self.catch_up().await?;
        let server = Server {
            lag_max,
            catch_up,
            records: end.records.saturating_sub(before.records),
            commits: end.commits.saturating_sub(before.commits),
            cpu: used.server,
            load_cpu: used.load,
            bytes_max: self.server.and_then(|id| metrics::memory(&id.to_string()).bytes_max),
        };
        let rate_asked = match pace {
            Pace::Closed => None,
            Pace::Open { rate } => Some(rate),
        };
        let (book, server) = (Some(book), Some(server));
        Ok(Phase { what, book, rate_asked, load, machine_cpu: used.machine, server })
    }

    fn load(&self, (work, pace): (Work, Pace), seconds: u64) -> Load<'_> {
        Load {
            address: self.address,
            common: &self.common,
            number: &self.number,
            work,
            pace,
            connections: work.connections(self.connections),
            time: Duration::from_secs(seconds),
        }
    }

    /// Keeps the largest lag; ends only with an error.
    async fn watch(&self, lag_max: &mut u64) -> anyhow::Error {
        loop {
            tokio::time::sleep(ASK).await;
            match metrics::read(self.address).await {
                Ok(figures) => *lag_max = figures.lag.max(*lag_max),
                Err(error) => return error,
            }
        }
    }

    /// Waits until the tables have every record.
    async fn catch_up(&self) -> anyhow::Result<(Duration, Figures)> {
        let started = instant();
        loop {
            let figures = metrics::read(self.address).await?;
            let waited = instant().duration_since(started);
            if figures.lag == 0 || waited > CATCH_UP_MAX {
                return Ok((waited, figures));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
