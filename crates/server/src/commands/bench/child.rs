//! The server that is measured: this program again, as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::metrics;
use super::setup::Scratch;
use crate::wiring::machine::instant;

/// How often a server that starts is asked whether it is ready.
const ASK: Duration = Duration::from_millis(1);
/// How often its processor time is looked at until it is at rest.
const LOOK: Duration = Duration::from_millis(500);
/// How long it may take to come to rest.
const REST_MAX: Duration = Duration::from_mins(1);

/// A server on a book of its own; it ends with this value.
pub(super) struct Child {
    process: std::process::Child,
    address: SocketAddr,
}

/// How a start went.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// From the start of the process until it took commands.
    pub(super) ready: Duration,
    /// From there until what it does behind a start was done.
    pub(super) rest: Duration,
    /// The memory it had then, in bytes.
    pub(super) bytes: Option<u64>,
}

impl Child {
    /// Starts it, waits until it takes commands, then until it is at rest.
    pub(super) async fn start(book: &Scratch) -> anyhow::Result<(Self, Start)> {
        let started = instant();
        let child = Self::spawn(book)?;
        while !metrics::is_ready(child.address).await? {
            tokio::time::sleep(ASK).await;
        }
        let ready = instant().duration_since(started);
        child.rest().await;
        let rest = instant().duration_since(started).saturating_sub(ready);
        let bytes = metrics::memory(&child.id().to_string()).bytes;
        Ok((child, Start { ready, rest, bytes }))
    }

    /// Waits until it uses less than a fiftieth of a core.
    async fn rest(&self) {
        let (started, process) = (instant(), self.id().to_string());
        let mut before = metrics::cpu_ticks(&process);
        while instant().duration_since(started) < REST_MAX {
            tokio::time::sleep(LOOK).await;
            let now = metrics::cpu_ticks(&process);
            if now.zip(before).is_none_or(|(now, before)| now <= before + 1) {
                return;
            }
            before = now;
        }
    }

    fn spawn(book: &Scratch) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("this program can't be found")?;
        let mut process = Command::new(program)
            .arg("serve")
            .args(["--db", &book.db, "--checkpoints", &book.checkpoints])
            .args(["--listen", "127.0.0.1:0"])
            // What is set for this program is not about that server.
            .env_clear()
            .env("CREDITS_SIGNING_KEY", &book.signing_key)
            .env("CREDITS_LOG_LEVEL", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("the server can't be started")?;
        let mut line = String::new();
        let out = process.stdout.take().context("the server has no standard output")?;
        BufReader::new(out).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.and_then(|address| address.parse().ok());
        let Some(address) = address else {
            // It has said why on standard error.
            let _ = process.wait();
            anyhow::bail!("the server did not start");
        };
        Ok(Self { process, address })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Asks it to end, and waits until it has.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        let id = i32::try_from(self.process.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            rustix::process::kill_process(id, rustix::process::Signal::TERM)?;
        }
        let status = self.process.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
