//! `credits migrate`: brings a database to this program's schema.

use std::process::ExitCode;

use clap::Args;
use store::{Db, OpenError, Options, schema_version};

use crate::config::Config;
use crate::wiring::machine;

const EXAMPLES: &str = "\
Examples:
  credits migrate                        credits.db in this folder
  credits migrate --db sqlite:/srv/credits/book.db

`serve` does the same when it starts; this is for those who want to see it first.";

/// Bring a database to this program's schema, or make one
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

pub(super) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let path = &config.book.path;
    let known = schema_version();
    let tool = Options::tool(path, machine::wall());
    match Db::open(&tool) {
        Ok(_) => println!("{} has schema version {known} already", path.display()),
        Err(OpenError::Missing { .. } | OpenError::Older { .. }) => {
            // A server of another version must not have its tables changed.
            let db = Db::open(&Options::serve(path, machine::wall()))?;
            drop(db);
            println!("{} has schema version {known} now", path.display());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(ExitCode::SUCCESS)
}
