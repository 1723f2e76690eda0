//! The command line: what may be said, and the help that teaches it.
//!
//! Each subcommand's arguments stand beside what it does, in `commands`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::commands::{bench, config, copy, doctor, key, migrate, openapi, rebuild, replay};
use crate::commands::{serve, user, verify};
use crate::config::{CHECKPOINTS_KEY, DB_KEY, Flag};

const EXAMPLES: &str = "\
Examples:
  credits replay --rows 2000         bill a made-up day of LLM calls into credits.db
  credits serve                      serve it on http://127.0.0.1:8005
  credits key create --name billing --scopes credits:read,credits:spend
  credits verify                     refold the journal: is every credit accounted for?
  credits config --default           a documented configuration file

Every setting is a flag, a variable (CREDITS_DB, CREDITS_LISTEN, ...) or a line of
the file that --config names; `credits config` shows what holds and why.";

/// Prepaid credits: a ledger and its server, on one file or PostgreSQL.
#[derive(Parser)]
#[command(name = "credits", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every subcommand takes.
#[derive(Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Common {
    /// The database, sqlite:PATH or postgres://... [default: sqlite:credits.db]
    #[arg(long, global = true, value_name = "ADDRESS")]
    db: Option<String>,
    /// The folder of signed checkpoints [default: PATH.checkpoints]
    #[arg(long, global = true, value_name = "DIR")]
    checkpoints: Option<String>,
    /// A configuration file [variable: CREDITS_CONFIG]
    #[arg(long, global = true, value_name = "FILE", env = "CREDITS_CONFIG", hide_env = true)]
    pub(crate) config: Option<PathBuf>,
}

impl Common {
    /// The settings that were given.
    pub(crate) fn flags(&self) -> Vec<Flag> {
        [
            flag(DB_KEY, "db", self.db.as_ref()),
            flag(CHECKPOINTS_KEY, "checkpoints", self.checkpoints.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A setting that was given on the command line.
pub(crate) fn flag(key: &'static str, flag: &'static str, value: Option<&String>) -> Option<Flag> {
    value.map(|value| Flag { key, name: flag, value: value.clone() })
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    Serve(serve::Arguments),
    Replay(replay::Arguments),
    Bench(bench::Arguments),
    Verify(verify::Arguments),
    Rebuild(rebuild::Arguments),
    Doctor(doctor::Arguments),
    Migrate(migrate::Arguments),
    Copy(copy::Arguments),
    #[command(subcommand)]
    User(user::Command),
    #[command(subcommand)]
    Key(key::Command),
    Config(config::Arguments),
    Openapi(openapi::Arguments),
}

/// Reads the command line. Help and the version end well; every slip ends with 1,
/// since `verify` means something by 2.
pub(crate) fn parse() -> Result<Cli, ExitCode> {
    Cli::try_parse().map_err(|error| {
        // There is nobody to tell if the terminal is gone.
        let _ = error.print();
        if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
