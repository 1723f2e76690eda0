//! `credits replay`: runs a trace of LLM calls as automations. Each call is
//! quoted, its credits are held, then captured with what was used, or released
//! if it failed.
//!
//! Every step has an idempotency key made of the seed, the row and the step, so
//! a second replay repeats answers and moves nothing.

mod drive;
mod generator;
mod in_process;
mod over_http;
mod plan;
mod table;
mod tally;
mod target;
mod trace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;
use domain::{Quantity, ServiceKey, UserId};

use crate::config::Config;
use in_process::InProcess;
use over_http::OverHttp;
use plan::Plan;
use tally::Tally;
use target::{Target, Verdict};

/// Rows of a trace that nobody gave.
const ROWS: u64 = 2_000;

const EXAMPLES: &str = "\
Examples:
  credits replay --rows 2000                 a made-up trace, into credits.db
  credits replay trace.csv --seed 7          a real one: TIMESTAMP,ContextTokens,GeneratedTokens
  credits replay trace.csv --url http://127.0.0.1:8005 --user 1 --key sk_...

Without --url it opens the database itself, makes a user who has what the trace
costs, and verifies the ledger at the end. The same seed again moves nothing:
every answer is the stored one.";

/// Bill a trace of LLM calls: quote, hold, capture or release
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A CSV file with the columns ContextTokens and GeneratedTokens
    trace: Option<PathBuf>,
    /// Without a file: rows of a made-up trace of the same shape [default: 2000]
    #[arg(long, value_name = "N", conflicts_with = "trace")]
    rows: Option<u64>,
    /// What keys, failures and a made-up trace are derived from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The share of calls that fail and are released
    #[arg(long, value_name = "SHARE", default_value = "0.02")]
    fail_rate: String,
    /// The service that has the prices
    #[arg(long, value_name = "KEY", default_value = "llm")]
    service: String,
    /// Calls under way at a time
    #[arg(long, value_name = "N", default_value_t = 32)]
    concurrency: usize,
    /// Replay over HTTP against the server there
    #[arg(long, requires = "user")]
    url: Option<String>,
    /// The API key for it
    #[arg(long, value_name = "sk_...", env = "CREDITS_KEY", hide_env_values = true)]
    key: Option<String>,
    /// The id of the user who pays
    #[arg(long, value_name = "ID", requires = "url")]
    user: Option<i64>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let plan = plan(&arguments)?;
    let (target, user) = if let (Some(url), Some(user)) = (&arguments.url, arguments.user) {
        let key = arguments.key.as_deref().context("--key or CREDITS_KEY is missing")?;
        let user = UserId::from_number(user);
        (Target::OverHttp(OverHttp::new(url, key, user, &arguments.service)?), user)
    } else {
        let book = InProcess::open(&config, &plan).await?;
        let user = book.user();
        (Target::InProcess(book), user)
    };
    let replayed = replay(&target, &plan, arguments.concurrency).await;
    target.close().await?;
    let (tally, verdict) = replayed?;
    if arguments.json {
        println!("{:#}", table::as_json(&tally, user, &verdict));
    } else {
        print!("{}", table::as_text(&tally, user, &verdict));
    }
    Ok(verdict.exit)
}

async fn replay(
    target: &Target,
    plan: &Plan,
    concurrency: usize,
) -> anyhow::Result<(Tally, Verdict)> {
    let tally = drive::drive(target, plan, concurrency).await?;
    Ok((tally, target.verify().await?))
}

fn plan(arguments: &Arguments) -> anyhow::Result<Plan> {
    ensure!(arguments.concurrency > 0, "--concurrency must be at least 1");
    let seed = arguments.seed;
    let calls = match &arguments.trace {
        Some(path) => trace::read(path)?,
        None => generator::generate(seed, arguments.rows.unwrap_or(ROWS)),
    };
    ensure!(!calls.is_empty(), "the trace has no rows");
    let service = ServiceKey::parse(&arguments.service)
        .map_err(|error| anyhow::anyhow!("--service {error}"))?;
    Ok(Plan { seed, calls, service, fail_ppm: fail_ppm(&arguments.fail_rate)? })
}

/// A share in millionths.
fn fail_ppm(text: &str) -> anyhow::Result<u64> {
    let share = text.parse::<Quantity>().ok().map(Quantity::millionths);
    let ppm = share.and_then(|share| u64::try_from(share).ok()).filter(|ppm| *ppm <= 1_000_000);
    ppm.context("--fail-rate must be a share from 0 to 1, such as 0.02")
}
