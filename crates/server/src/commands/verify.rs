//! `credits verify`: refolds the journal against everything that was ever said
//! about it. 0 is sound, 1 could not run, 2 tampered.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use app::proof::{self, Evidence, Finding, Outcome, Report};
use clap::Args;
use data_encoding::HEXLOWER_PERMISSIVE;
use serde_json::json;

use super::progress::Progress;
use crate::config::Config;
use crate::wiring::open_for_tools;

/// The exit code of a ledger that was tampered with.
const TAMPERED: u8 = 2;

const EXAMPLES: &str = "\
Examples:
  credits verify                               the journal, its tables, every checkpoint
  credits verify --checkpoint yesterday.json   ... and one that was kept elsewhere
  credits verify --json | jq .sound

Exit codes: 0 sound, 1 could not run, 2 tampered or corrupt. A tail that was cut
after the last checkpoint can't be seen: keep checkpoints on another machine.
A server may be running on the same file.";

/// Refold the journal against tables, words and checkpoints
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A signed checkpoint beside those of the folder; may be given again
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The key that checkpoints must be signed by, as 64 hexadecimal digits
    #[arg(long, value_name = "K")]
    public_key: Option<String>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let evidence = Evidence {
        folder: Some(config.book.checkpoints.clone()),
        files: arguments.checkpoint,
        public_key: arguments.public_key.as_deref().map(public_key).transpose()?,
    };
    let db = open_for_tools(&config).await?;
    let mut bar = None;
    let report = proof::verify(&db, evidence, move |progress: proof::Progress| {
        let total = u64::try_from(progress.total).unwrap_or_default();
        let bar = bar.get_or_insert_with(|| Progress::of(total, "records"));
        bar.set(u64::try_from(progress.done).unwrap_or_default());
    })
    .await;
    db.close().await;
    let report = report?;
    let text = if arguments.json { as_json(&report) } else { as_text(&report) };
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(exit(&report))
}

/// What a report means to who called the program.
pub(super) fn exit(report: &Report) -> ExitCode {
    match report.outcome {
        Outcome::Sound => ExitCode::SUCCESS,
        Outcome::Tampered(_) => ExitCode::from(TAMPERED),
    }
}

/// A report for people.
pub(super) fn as_text(report: &Report) -> String {
    match &report.outcome {
        Outcome::Sound => format!(
            "sound: {} records, {} wallets, {} checkpoints; head {} {}",
            report.records, report.wallets, report.checkpoints, report.head.seq, report.head.hash
        ),
        Outcome::Tampered(finding) => format!("TAMPERED: {finding}"),
    }
}

fn as_json(report: &Report) -> String {
    let finding = match &report.outcome {
        Outcome::Sound => serde_json::Value::Null,
        Outcome::Tampered(finding) => finding_as_json(finding),
    };
    let report = json!({
        "sound": finding.is_null(),
        "finding": finding,
        "head_seq": report.head.seq.number(),
        "head_hash": report.head.hash.to_string(),
        "records": report.records,
        "wallets": report.wallets,
        "checkpoints": report.checkpoints,
    });
    format!("{report:#}")
}

fn finding_as_json(finding: &Finding) -> serde_json::Value {
    json!({
        "seq": finding.seq().map(ledger::Seq::number),
        "place": finding.place.to_string(),
        "what": finding.what,
    })
}

fn public_key(text: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok();
    let key = bytes.and_then(|bytes| bytes.try_into().ok());
    key.ok_or_else(|| anyhow!("--public-key must be 64 hexadecimal digits"))
}
