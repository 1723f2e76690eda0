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
    std::io::stdout().lock().write_all(api::openapi().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
