//! `credits bench`: measures spends and batches against the same server
//! answering a constant, in one run on one machine.
//!
//! The server is a process of its own, this program again on a file of its own.
//! This process is the load: raw keep-alive connections, nothing shared with the
//! server but the wire.

mod child;
mod load;
mod metrics;
mod phase;
mod setup;
mod table;
mod work;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;
use data_encoding::HEXLOWER_PERMISSIVE;

use crate::wiring::machine;
use child::Child;
use phase::{Bench, Phase};
use work::Work;

const EXAMPLES: &str = "\
Examples:
  credits bench                     a sustained minute of spends; three minutes in all
  credits bench --seconds 10        a quicker look
  credits bench --folder /mnt/disk  on the disk that matters
  credits bench --db postgres://me@localhost/empty
  credits bench --json > bench.json

Every rate stands beside the rate of a constant answer in the same run: the ratio
is what compares from machine to machine. Load and server share its cores.";

/// The book of a run, as settings.
struct Scratch {
    db: String,
    checkpoints: String,
    signing_key: String,
}

/// Measure spends and batches against a constant answer, in one run
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// How long the sustained phase takes; the others take a fraction of it
    #[arg(long, value_name = "S", default_value_t = 60)]
    seconds: u64,
    /// Keep-alive connections
    #[arg(long, value_name = "N", default_value_t = 64)]
    connections: usize,
    /// Wallets that are spent from
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    wallets: u32,
    /// Where the database of the run is made and removed [default: the temporary folder]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The database of the run [default: a file in the folder]. An empty one of
    /// PostgreSQL is left behind full
    #[arg(long, value_name = "ADDRESS", conflicts_with = "url")]
    db: Option<String>,
    /// Measure a server that runs already; give it users 1 to --wallets with credits
    #[arg(long, value_name = "http://ADDR", requires = "key", value_parser = address)]
    url: Option<SocketAddr>,
    /// An API key for it, with every scope
    #[arg(long, value_name = "sk_...", requires = "url")]
    key: Option<String>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    ensure!(arguments.connections > 0, "--connections must be at least 1");
    ensure!(arguments.wallets > 0, "--wallets must be at least 1");
    ensure!(arguments.seconds > 0, "--seconds must be at least 1");
    // One thread: what the load costs is one core at most, and the same in every phase.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let phases = runtime.block_on(measure(arguments))?;
    if arguments.json {
        println!("{:#}", table::as_json(&phases));
    } else {
        print!("{}", table::as_text(&phases));
    }
    let is_clean = phases.iter().all(|phase| phase.load.refused == 0);
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure(arguments: &Arguments) -> anyhow::Result<Vec<Phase>> {
    if let (Some(address), Some(key)) = (arguments.url, &arguments.key) {
        let bench = Bench::new(address, key, arguments.connections, None)?;
        return phases(&bench, arguments).await;
    }
    let folder = match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    };
    let folder = folder.context("there is no folder for the database")?;
    let file = || format!("sqlite:{}", folder.path().join("bench.db").display());
    let book = Scratch {
        db: arguments.db.clone().unwrap_or_else(file),
        checkpoints: folder.path().join("checkpoints").display().to_string(),
        signing_key: HEXLOWER_PERMISSIVE.encode(&machine::entropy().bytes::<32>()),
    };
    eprintln!("making {} wallets", arguments.wallets);
    let key = setup::make(&book, arguments.wallets).await?;
    let child = Child::start(&book)?;
    let bench = Bench::new(child.address(), &key, arguments.connections, Some(child.id()))?;
    let phases = phases(&bench, arguments).await;
    child.stop()?;
    phases
}

/// All phases of a run. The constant comes first and last, so that a machine
/// that slows down is seen.
async fn phases(bench: &Bench, arguments: &Arguments) -> anyhow::Result<Vec<Phase>> {
    let Arguments { seconds, wallets, .. } = *arguments;
    let short = (seconds / 4).max(1);
    let mut phases = vec![bench.peak("constant", Work::Constant, short).await?];
    let many = bench.peak("spends", Work::Spend { wallets }, seconds).await?;
    let half = many.load.rate() / 2;
    phases.push(many);
    let paced = bench.paced("spends at half of that", Work::Spend { wallets }, half, short);
    phases.push(paced.await?);
    phases.push(bench.peak("spends, one wallet", Work::Spend { wallets: 1 }, short).await?);
    phases.push(bench.peak("batches of 1 000", Work::Batch { wallets }, short).await?);
    phases.push(bench.peak("constant again", Work::Constant, short).await?);
    Ok(phases)
}

/// The address in a URL; the load asks for addresses, not for names.
fn address(url: &str) -> Result<SocketAddr, String> {
    let address = url.trim_end_matches('/').trim_start_matches("http://").parse();
    address.map_err(|_| "must be like http://127.0.0.1:8005".into())
}
