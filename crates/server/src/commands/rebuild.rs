//! `credits rebuild`: folds every table of the ledger anew from the journal and
//! puts the new ones in the place of the old, also while a server runs.

use std::process::ExitCode;

use app::proof::{self, rebuild};
use clap::Args;

use super::progress::Progress;
use crate::config::Config;
use crate::wiring::{machine, open_for_tools};

const EXAMPLES: &str = "\
Examples:
  credits rebuild                   says what was different, table by table
  credits rebuild --db sqlite:/srv/credits/book.db

A server may be running on the same file. On a sound book nothing changes. If
something did, restart the server: it has read the old tables.";

/// Fold the tables anew from the journal, beside a running server or without
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

pub(super) async fn run(_arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let db = open_for_tools(&config).await?;
    let scratch = config.book.place.beside(".rebuild");
    let settings = rebuild::Settings { scratch, now: machine::wall() };
    let mut bar = None;
    let rebuilt = proof::rebuild(&db, settings, move |progress: proof::Progress| {
        let total = u64::try_from(progress.total).unwrap_or_default();
        let bar = bar.get_or_insert_with(|| Progress::of(total, "records"));
        bar.set(u64::try_from(progress.done).unwrap_or_default());
    })
    .await;
    db.close().await;
    let rebuilt = rebuilt?;
    for table in &rebuilt.tables {
        println!(
            "{:<16} {:>10} rows, {} missing, {} different, {} surplus",
            table.table, table.rows, table.missing, table.different, table.surplus
        );
    }
    if rebuilt.changed_nothing() {
        println!("nothing changed, up to record {}", rebuilt.head);
    } else {
        println!("rebuilt up to record {}: restart the server if one is running", rebuilt.head);
    }
    Ok(ExitCode::SUCCESS)
}
