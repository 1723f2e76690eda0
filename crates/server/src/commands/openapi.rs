//! `credits openapi`: the description of the HTTP API.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  credits openapi > openapi.json
  credits openapi | jq '.paths | keys'";

/// Print the OpenAPI 3.1 description of the HTTP API
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

pub(super) fn run() -> anyhow::Result<ExitCode> {
    writeln!(std::io::stdout().lock(), "{}", api::openapi())?;
    Ok(ExitCode::SUCCESS)
}
