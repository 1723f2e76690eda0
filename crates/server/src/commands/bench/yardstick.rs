//! The yardstick: one transaction a spend on PostgreSQL, as most platforms do it,
//! driven by `pgbench`, which is PostgreSQL's own.
//!
//! Its client is in C and speaks the server's protocol: it has less to do than a
//! server that speaks HTTP. This module knows no SQL; it lies in `bench/`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{fs, io};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

use super::load::Loaded;
use super::phase::{Phase, Ticks};
use super::plan::What;
use crate::config::Environment;
use crate::wiring::machine::instant;

/// Makes what is spent from.
const TABLES: &str = include_str!("../../../../../bench/tables.sql");
/// A spend.
const SPEND: &str = include_str!("../../../../../bench/yardstick.sql");
/// The variable that names the folder of PostgreSQL's programs.
const PROGRAMS: &str = "CREDITS_POSTGRES_BIN";

/// A database that is ready to be spent from.
pub(super) struct Yardstick {
    url: String,
    /// Where the programs are, unless they are on the path.
    programs: Option<PathBuf>,
    connections: usize,
    folder: TempDir,
}

impl Yardstick {
    /// Makes its tables in an empty database.
    pub(super) fn make(
        url: &str,
        connections: usize,
        environment: &Environment,
    ) -> anyhow::Result<Self> {
        let programs = environment.get(PROGRAMS).map(PathBuf::from);
        let folder = tempfile::tempdir().context("there is no temporary folder")?;
        let yardstick = Self { url: url.to_owned(), programs, connections, folder };
        fs::write(yardstick.script(), SPEND)?;
        yardstick.psql(TABLES)?;
        Ok(yardstick)
    }

    /// The server's version.
    pub(super) fn version(&self) -> anyhow::Result<String> {
        Ok(self.psql("SHOW server_version")?.trim().to_owned())
    }

    /// Has its server write what it owes the disk. By itself it does that for minutes, while
    /// others are measured.
    pub(super) fn settle(&self) -> anyhow::Result<()> {
        let settled = self.psql("CHECKPOINT").map(drop);
        settled.context("the yardstick's user must be one that may: GRANT pg_checkpoint TO it")
    }

    /// Spends for so long.
    pub(super) fn run(&self, seconds: u64) -> anyhow::Result<Phase> {
        let (started, ticks) = (instant(), Ticks::read(None));
        let mut command = self.program("pgbench");
        command.args(["-n", "-M", "prepared", "-j", "2", "-l"]);
        command.args(["-c", &self.connections.to_string(), "-T", &seconds.to_string()]);
        command.arg(format!("--log-prefix={}", self.folder.path().join("log").display()));
        command.arg("-f").arg(self.script()).arg(&self.url);
        output(&mut command, "pgbench")?;
        let took = instant().duration_since(started);
        let load = self.logged(Duration::from_secs(seconds))?;
        let machine_cpu = Ticks::read(None).machine_since(ticks, took);
        let what = What::Yardstick;
        Ok(Phase { what, book: None, rate_asked: None, load, machine_cpu, server: None })
    }

    /// What `pgbench` wrote down of every transaction, and takes the files away.
    fn logged(&self, took: Duration) -> anyhow::Result<Loaded> {
        let mut loaded = Loaded::none()?;
        loaded.took = took;
        for entry in fs::read_dir(self.folder.path())? {
            let path = entry?.path();
            if path != self.script() {
                note(&fs::read_to_string(&path)?, &mut loaded);
                fs::remove_file(&path)?;
            }
        }
        ensure!(loaded.done > 0, "pgbench wrote no transaction down");
        Ok(loaded)
    }

    fn script(&self) -> PathBuf {
        self.folder.path().join("spend.sql")
    }

    fn psql(&self, text: &str) -> anyhow::Result<String> {
        let mut command = self.program("psql");
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]);
        output(command.arg(&self.url).args(["-c", text]), "psql")
    }

    fn program(&self, name: &str) -> Command {
        let program =
            self.programs.as_deref().map_or_else(|| name.into(), |it: &Path| it.join(name));
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        command
    }
}

/// Lines of `client transaction microseconds …`.
fn note(log: &str, loaded: &mut Loaded) {
    for line in log.lines() {
        let micros = line.split(' ').nth(2).and_then(|field| field.parse().ok());
        match micros {
            Some(micros) => {
                loaded.done += 1;
                loaded.note(Duration::from_micros(micros));
            }
            None => loaded.refused += 1,
        }
    }
}

fn output(command: &mut Command, name: &str) -> anyhow::Result<String> {
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => anyhow::anyhow!(
            "{name} is missing: it comes with PostgreSQL, and {PROGRAMS} names its folder"
        ),
        _ => anyhow::anyhow!("{name} can't be run: {error}"),
    })?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name}: {}", said.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{Loaded, note};

    #[test]
    fn every_transaction_of_a_log_is_noted() {
        let mut loaded = Loaded::none().unwrap();
        note(
            "0 1 7000 0 1790000000 12\n1 1 9000 0 1790000000 13\n0 2 skipped 0 1 2\n",
            &mut loaded,
        );
        assert_eq!((loaded.done, loaded.refused), (2, 1));
        assert_eq!(loaded.quantile(1.0).as_millis(), 9);
    }
}
