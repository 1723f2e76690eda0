//! `credits config`: the effective configuration, or a documented default file.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;

use crate::config::{self, Config, Sources};

const EXAMPLES: &str = "\
Examples:
  credits config                              what holds, and where it came from
  CREDITS_LISTEN=0.0.0.0:80 credits config    ... with this variable
  credits config --default > credits.toml     a file to edit, every setting explained
  credits serve --config credits.toml";

/// Print the effective configuration: every value, and where it came from
///
/// Secrets are masked. The output is itself a configuration file.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Print a documented file with every default instead
    #[arg(long)]
    default: bool,
}

pub(super) fn run(arguments: &Arguments, sources: &Sources) -> anyhow::Result<ExitCode> {
    let text = if arguments.default {
        config::default_file()
    } else {
        config::effective(&Config::load(sources)?.1)
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    for variable in config::unknown_variables(&sources.environment) {
        eprintln!("note: {variable} is set, but no setting has this name");
    }
    Ok(ExitCode::SUCCESS)
}
