//! A phase of a run: a load, and what the server said of itself meanwhile.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Duration;

use super::load::{Load, Loaded, Pace};
use super::metrics::{self, Figures};
use super::work::{Common, Work};
use crate::wiring::machine::{self, instant};

/// How often the server is asked how it is.
const ASK: Duration = Duration::from_millis(500);
/// How long the tables may take to catch up after a phase.
const CATCH_UP_MAX: Duration = Duration::from_mins(1);

/// What a run has.
pub(super) struct Bench {
    address: SocketAddr,
    common: Common,
    connections: usize,
    server: Option<u32>,
    number: Cell<u64>,
}

/// What a phase came to.
pub(super) struct Phase {
    pub(super) name: &'static str,
    pub(super) work: Work,
    pub(super) pace: Pace,
    pub(super) load: Loaded,
    /// Records the tables were behind at most.
    pub(super) lag_max: u64,
    /// How long they took to catch up after it.
    pub(super) catch_up: Duration,
    /// Records and commits of the phase.
    pub(super) records: u64,
    pub(super) commits: u64,
    /// Processor time, in hundredths of a core: the server's and the load's.
    pub(super) server_cpu: Option<u64>,
    pub(super) load_cpu: Option<u64>,
    /// The most memory the server has had so far.
    pub(super) server_bytes_max: Option<u64>,
}

impl Bench {
    pub(super) fn new(
        address: SocketAddr,
        key: &str,
        connections: usize,
        server: Option<u32>,
    ) -> anyhow::Result<Self> {
        let run = format!("bench-{}", machine::wall().micros());
        let common = Common::new(&address.to_string(), key, run)?;
        Ok(Self { address, common, connections, server, number: Cell::new(0) })
    }

    /// As fast as it is answered.
    pub(super) async fn peak(
        &self,
        name: &'static str,
        work: Work,
        seconds: u64,
    ) -> anyhow::Result<Phase> {
        self.run(name, work, Pace::Closed, seconds).await
    }

    /// At a rate.
    pub(super) async fn paced(
        &self,
        name: &'static str,
        work: Work,
        rate: u64,
        seconds: u64,
    ) -> anyhow::Result<Phase> {
        self.run(name, work, Pace::Open { rate }, seconds).await
    }

    async fn run(
        &self,
        name: &'static str,
        work: Work,
        pace: Pace,
        seconds: u64,
    ) -> anyhow::Result<Phase> {
        eprintln!("{name}: {seconds} s");
        let before = metrics::read(self.address).await?;
        let cpu = self.cpu();
        let load = Load {
            address: self.address,
            common: &self.common,
            number: &self.number,
            work,
            pace,
            connections: work.connections(self.connections),
            time: Duration::from_secs(seconds),
        };
        let mut lag_max = 0;
        let loaded = tokio::select! {
            loaded = load.run() => loaded?,
            error = self.watch(&mut lag_max) => return Err(error),
        };
        let after = self.cpu();
        let used = |after: Option<u64>, before: Option<u64>| {
            per_second(after?.checked_sub(before?)?, loaded.took)
        };
        let (server_cpu, load_cpu) = (used(after.0, cpu.0), used(after.1, cpu.1));
        let (catch_up, end) = self.catch_up().await?;
        Ok(Phase {
            name,
            work,
            pace,
            load: loaded,
            lag_max,
            catch_up,
            records: end.records.saturating_sub(before.records),
            commits: end.commits.saturating_sub(before.commits),
            server_cpu,
            load_cpu,
            server_bytes_max: self.server.and_then(|id| metrics::memory_bytes_max(&id.to_string())),
        })
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

    fn cpu(&self) -> (Option<u64>, Option<u64>) {
        let server = self.server.and_then(|id| metrics::cpu_ticks(&id.to_string()));
        (server, metrics::cpu_ticks("self"))
    }
}

/// Hundredths of a second in a second.
fn per_second(ticks: u64, took: Duration) -> Option<u64> {
    let micros = u64::try_from(took.as_micros()).ok()?;
    ticks.checked_mul(1_000_000)?.checked_div(micros)
}
