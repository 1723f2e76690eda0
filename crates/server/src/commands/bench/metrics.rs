//! What the server says of itself: `/metrics`, and what the system says of its
//! process.

use std::fs;
use std::net::SocketAddr;

use anyhow::Context as _;
use bytes::Bytes;
use http::header::HOST;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How the ledger is at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// Records the tables don't have yet.
    pub(super) lag: u64,
    /// Records since the server started.
    pub(super) records: u64,
    /// Commits since the server started.
    pub(super) commits: u64,
}

/// What a process has in memory, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Memory {
    pub(super) bytes: Option<u64>,
    /// The most it has had.
    pub(super) bytes_max: Option<u64>,
}

/// Asks the server how its ledger is.
pub(super) async fn read(address: SocketAddr) -> anyhow::Result<Figures> {
    let (_, body) = get(address, "/metrics").await?;
    Ok(parse(&String::from_utf8_lossy(&body)))
}

/// Whether the server takes commands.
pub(super) async fn is_ready(address: SocketAddr) -> anyhow::Result<bool> {
    Ok(get(address, "/readyz").await?.0.is_success())
}

async fn get(address: SocketAddr, path: &str) -> anyhow::Result<(StatusCode, Bytes)> {
    let stream = TcpStream::connect(address).await.context("the server can't be reached")?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender.
    let mut tasks = JoinSet::new();
    tasks.spawn(connection);
    let request = Request::get(path).header(HOST, address.to_string());
    let response = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
    let status = response.status();
    Ok((status, response.into_body().collect().await?.to_bytes()))
}

fn parse(text: &str) -> Figures {
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or_default()
    };
    Figures {
        lag: value("credits_ledger_projection_lag_records "),
        records: value("credits_ledger_records_total "),
        commits: value("credits_ledger_commits_total "),
    }
}

/// Processor time of a process so far, in hundredths of a second.
pub(super) fn cpu_ticks(process: &str) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, which may hold anything, ends with the last parenthesis.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system) = (fields.next()?, fields.next()?);
    user.parse::<u64>().ok()?.checked_add(system.parse().ok()?)
}

/// Processor time of the whole machine so far, in hundredths of a second.
pub(super) fn machine_ticks() -> Option<u64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let fields = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
    let fields: Vec<u64> = fields.filter_map(|field| field.parse().ok()).collect();
    // The fourth and the fifth are idle, and idle while the disk works.
    let busy = fields.iter().enumerate().filter(|(place, _)| !matches!(place, 3 | 4));
    // Guests, from the ninth on, are counted among the first already.
    Some(busy.take_while(|(place, _)| *place < 8).map(|(_, ticks)| ticks).sum())
}

/// What a process has in memory.
pub(super) fn memory(process: &str) -> Memory {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1_024)
    };
    Memory { bytes: bytes("VmRSS:"), bytes_max: bytes("VmHWM:") }
}

#[cfg(test)]
mod tests {
    use super::{Figures, cpu_ticks, machine_ticks, memory, parse};

    #[test]
    fn figures_are_read_by_their_names() {
        let text = "# HELP credits_ledger_records x\ncredits_ledger_records_total 12\n\
                    credits_ledger_commits_total 3\ncredits_ledger_projection_lag_records 7\n\
                    credits_ledger_records_created 1.5\n";
        assert_eq!(parse(text), Figures { lag: 7, records: 12, commits: 3 });
        assert_eq!(parse(""), Figures::default());
    }

    #[test]
    fn a_process_has_a_processor_time_and_memory() {
        assert!(cpu_ticks("self") <= machine_ticks());
        let memory = memory("self");
        assert!(memory.bytes > Some(0) && memory.bytes <= memory.bytes_max, "{memory:?}");
    }
}
