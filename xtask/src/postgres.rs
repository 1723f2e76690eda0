//! `cargo xtask postgres -- COMMAND`: runs a command beside a PostgreSQL of its own.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use pgcluster::{Cluster, Programs};

pub(crate) use pgcluster::Disk;

/// Names the server to tests.
const SERVER: &str = "CREDITS_TEST_POSTGRES";
/// Names the folder of its programs, to find them and to tell tests.
const PROGRAMS: &str = "CREDITS_POSTGRES_BIN";

/// Starts a server, runs the command, and stops it whatever comes of it. A signal
/// from the keyboard reaches the server too, which then goes by itself.
pub(crate) fn run(root: &Path, disk: Disk, command: &[&str]) -> Result<ExitCode> {
    let (program, arguments) = command.split_first().context("no command was given")?;
    #[expect(clippy::disallowed_methods, reason = "what a tool is told")]
    let told = std::env::var_os(PROGRAMS);
    let programs = match told {
        Some(folder) => Programs::in_folder(Path::new(&folder))?,
        None => Programs::find(&root.join("target/postgres"))?,
    };
    let cluster = Cluster::start(&programs, disk)?;
    eprintln!("PostgreSQL of {} on port {}", programs.folder.display(), cluster.port());
    let mut child = Command::new(program);
    child.args(arguments).env(SERVER, cluster.url("postgres")).env(PROGRAMS, &programs.folder);
    let ended = child.status().with_context(|| format!("{program} can't be run"))?;
    drop(cluster);
    let code = ended.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
