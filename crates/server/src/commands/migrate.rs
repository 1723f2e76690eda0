//! `credits migrate`: brings a database to this program's schema.

use std::process::ExitCode;

use clap::Args;
use store::{OpenError, schema_version};

use crate::config::Config;
use crate::wiring::{open_as_tool, open_to_serve};

const EXAMPLES: &str = "\
Examples:
  credits migrate                        credits.db in this folder
  credits migrate --db sqlite:/srv/credits/book.db

`serve` does the same when it starts; this is for those who want to see it first.";

/// Bring a database to this program's schema, or make one
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

pub(super) async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let place = &config.book.place;
    let known = schema_version();
    match open_as_tool(place).await {
        Ok(db) => {
            db.close().await;
            println!("{place} has schema version {known} already");
        }
        Err(OpenError::Missing { .. } | OpenError::Older { .. }) => {
            // A server of another version must not have its tables changed.
            open_to_serve(place, 1).await?.close().await;
            println!("{place} has schema version {known} now");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(ExitCode::SUCCESS)
}
