//! The server that is measured: this program again, as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use super::Scratch;

/// A server on a file of its own; it ends with this value.
pub(super) struct Child {
    process: std::process::Child,
    address: SocketAddr,
}

impl Child {
    /// Starts it and waits until it is ready.
    pub(super) fn start(book: &Scratch) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("this program can't be found")?;
        let mut process = Command::new(program)
            .arg("serve")
            .args(["--db", &book.db, "--checkpoints", &book.checkpoints])
            .args(["--listen", "127.0.0.1:0"])
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
