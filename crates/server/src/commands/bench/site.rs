//! Where and with what a run was made: a figure without it says nothing.

use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::wiring::machine::instant;

/// How long the disk is written to.
const DISK_FOR: Duration = Duration::from_secs(1);
/// What is written at a time: a page.
const PAGE: [u8; 4_096] = [1; 4_096];

/// The machine, and the versions of what ran on it.
pub(super) struct Site {
    /// What was built, as git names it.
    pub(super) commit: Option<String>,
    /// PostgreSQL's version, where the run has one.
    pub(super) postgres: Option<String>,
    /// Synchronous writes a second of the folder's disk, before and after the run.
    pub(super) disk: Vec<u64>,
}

impl Site {
    /// For programs.
    pub(super) fn as_json(&self) -> serde_json::Value {
        let cores = std::thread::available_parallelism().ok().map(std::num::NonZero::get);
        json!({
            "cores": cores,
            "processor": field("/proc/cpuinfo", "model name"),
            "memory": field("/proc/meminfo", "MemTotal"),
            "kernel": line("/proc/sys/kernel/osrelease"),
            "synchronous_writes_a_second": self.disk,
            "credits": env!("CARGO_PKG_VERSION"),
            "commit": self.commit,
            "sqlite": store::sqlite_version(),
            "postgres": self.postgres,
        })
    }
}

/// Overwrites a page and has it on the disk, again and again: times a second.
pub(super) fn disk(folder: &Path) -> anyhow::Result<u64> {
    let mut file = tempfile::tempfile_in(folder)?;
    write(&mut file)?;
    let (started, mut count) = (instant(), 0_u64);
    loop {
        write(&mut file)?;
        count += 1;
        let took = instant().duration_since(started);
        if took >= DISK_FOR {
            let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            return Ok(count.saturating_mul(1_000_000) / micros.max(1));
        }
    }
}

fn write(file: &mut File) -> std::io::Result<()> {
    file.rewind()?;
    file.write_all(&PAGE)?;
    file.sync_data()
}

fn line(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

/// The first value of that name in a file of `name: value`.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let (_, value) = text.lines().find(|line| line.starts_with(name))?.split_once(':')?;
    Some(value.trim().to_owned())
}
