//! `credits bench`: measures what the server does beside the same server answering a
//! constant and beside one transaction a spend on PostgreSQL, in one run on one
//! machine.
//!
//! Servers are processes of their own, this program again, each on a book of its own.
//! This process is the load: raw keep-alive connections, nothing shared with the
//! servers but the wire.

mod behind;
mod books;
mod child;
mod keys;
mod load;
mod measure;
mod metrics;
mod phase;
mod plan;
mod plot;
mod results;
mod run;
mod setup;
mod site;
mod table;
mod work;
mod yardstick;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;

use super::block_on;
use crate::config::Environment;
use crate::wiring::machine;
use books::{Book, Terms};
use keys::Order;
use measure::Measuring;
use plan::Kind;
use run::Run;
use setup::{Made, Wanted};
use site::Site;
use yardstick::Yardstick;

const EXAMPLES: &str = "\
Examples:
  credits bench                            a sustained minute of spends; four minutes in all
  credits bench --seconds 10               a quicker look
  credits bench --phases holds,balances    only those; --phases spends is the shortest run
  credits bench --folder /mnt/disk         on the disk that matters
  credits bench --db postgres://me@localhost/empty
  credits bench --db file --db postgres://me@localhost/empty \\
    --yardstick postgres://me@localhost/other
                                           both engines and one transaction a spend, by turns
  credits bench --behind 10000000 --phases spends
                                           an empty book beside one of ten million records
  credits bench --wallets 1000000 --phases spends,wallets
                                           ten thousand wallets beside a million
  credits bench --json > bench.json

Each phase runs as fast as it is answered (the peak), then at half that rate with
requests timed from the moment they were due. Every rate stands beside the rate of a
constant answer in the same run: the ratio is what compares from machine to machine.
Load and servers share its cores. `make bench` does all of it, with a PostgreSQL of
its own, and keeps the figures in bench/results.";

/// Measure spends, holds, reads and batches against a constant answer, in one run
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What is measured, in this order
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_enum,
        default_values = ["spends", "hot", "batches", "holds", "balances"])]
    phases: Vec<Kind>,
    /// How long the peak of single spends is sustained; all else takes a quarter
    /// of it, the constant and the yardstick an eighth
    #[arg(long, value_name = "S", default_value_t = 60)]
    seconds: u64,
    /// Keep-alive connections
    #[arg(long, value_name = "N", default_value_t = 64)]
    connections: usize,
    /// Users with a wallet and credits
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    wallets: u32,
    /// Idempotency keys as random UUIDs are, or as time-ordered ones
    #[arg(long, value_name = "ORDER", value_enum, default_value_t = Order::Random)]
    keys: Order,
    /// Where the files of the run are made and removed [default: the temporary folder]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// A database to measure, more than once for some by turns: `file` in the folder, or
    /// the address of an empty one, which is left behind full [default: file]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "url")]
    db: Vec<String>,
    /// Measure also a book with so many spends behind it, whose server is started anew
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "url")]
    behind: u64,
    /// The database of that book, like --db, more than once for some [default: file]
    #[arg(long, value_name = "ADDRESS", requires = "behind")]
    full: Vec<String>,
    /// An empty database of PostgreSQL for one transaction a spend, driven by pgbench
    #[arg(long, value_name = "postgres://...")]
    yardstick: Option<String>,
    /// Measure a server that runs already; give it users 1 to --wallets with credits
    #[arg(long, value_name = "http://ADDR", requires = "key", value_parser = address)]
    url: Option<SocketAddr>,
    /// An API key for it, with every scope
    #[arg(long, value_name = "sk_...", requires = "url")]
    key: Option<String>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    /// Keep the figures there: DATE-NAME.json, and DATE-NAME.svg to look at
    #[arg(long, value_name = "DIR", overrides_with = "results")]
    results: Option<PathBuf>,
    /// What these files are named after the date
    #[arg(long, value_name = "NAME", default_value = "bench", requires = "results")]
    name: String,
    /// What was built, as git names it: kept with the figures
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
}

pub(super) fn run(arguments: &Arguments, environment: &Environment) -> anyhow::Result<ExitCode> {
    ensure!(arguments.connections > 0, "--connections must be at least 1");
    ensure!(arguments.wallets > 0, "--wallets must be at least 1");
    ensure!(arguments.seconds > 0, "--seconds must be at least 1");
    let folder = match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    };
    let folder = folder.context("there is no folder for the files of the run")?;
    let run = measured(arguments, environment, folder.path())?;
    if arguments.json {
        print!("{}", results::as_json(&run));
    } else {
        print!("{}", table::as_text(&run));
    }
    if let Some(folder) = &arguments.results {
        for path in results::keep(&run, folder, &arguments.name)? {
            eprintln!("{}", path.display());
        }
    }
    let is_clean = run.phases.iter().all(|phase| phase.load.refused == 0);
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn measured(
    arguments: &Arguments,
    environment: &Environment,
    folder: &Path,
) -> anyhow::Result<Run> {
    let url = arguments.yardstick.as_deref();
    let yardstick = url.map(|url| Yardstick::make(url, arguments.connections, environment));
    let yardstick = yardstick.transpose()?;
    let postgres = yardstick.as_ref().map(Yardstick::version).transpose()?;
    let mut site = Site { commit: arguments.commit.clone(), postgres, disk: Vec::new() };
    let made = block_on(made(arguments, folder))?;
    // One thread: what the load costs is one core at most, and the same in every phase.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    site.disk.push(site::disk(folder)?);
    let books = runtime.block_on(started(arguments, &made))?;
    let measuring = Measuring { books: &books, yardstick: yardstick.as_ref(), arguments };
    let phases = runtime.block_on(measuring.run())?;
    site.disk.push(site::disk(folder)?);
    let books = books.into_iter().map(Book::stop).collect::<Result<_, _>>()?;
    Ok(Run { site, date: machine::today(), command: arguments.command(), books, phases })
}

/// The books of the run; none where a server runs already.
async fn made(arguments: &Arguments, folder: &Path) -> anyhow::Result<Vec<Made>> {
    if arguments.url.is_some() {
        return Ok(Vec::new());
    }
    let (mut made, keys) = (Vec::new(), books::keys(arguments.keys));
    for (place, wanted) in arguments.wanted().into_iter().enumerate() {
        let folder = folder.join(place.to_string());
        std::fs::create_dir(&folder)?;
        made.push(setup::make(wanted, &folder, (arguments.wallets, &keys)).await?);
    }
    Ok(made)
}

async fn started(arguments: &Arguments, made: &[Made]) -> anyhow::Result<Vec<Book>> {
    let terms = Terms { connections: arguments.connections, order: arguments.keys };
    if let (Some(address), Some(key)) = (arguments.url, &arguments.key) {
        return Ok(vec![Book::running(address, key, terms)?]);
    }
    let mut books = Vec::new();
    for made in made {
        books.push(Book::start(made, terms).await?);
    }
    Ok(books)
}

impl Arguments {
    /// The books that are asked for: the empty ones, then those with records behind them.
    fn wanted(&self) -> Vec<Wanted> {
        let file = ["file".to_owned()];
        let or_file =
            |given: &[String]| if given.is_empty() { file.to_vec() } else { given.to_vec() };
        let full = if self.behind > 0 { or_file(&self.full) } else { Vec::new() };
        let empty = or_file(&self.db).into_iter().map(|db| Wanted::new(db, 0));
        empty.chain(full.into_iter().map(|db| Wanted::new(db, self.behind))).collect()
    }

    /// What was asked for, without addresses and keys: they may hold secrets.
    fn command(&self) -> String {
        let phases: Vec<_> = self.phases.iter().map(|kind| kind.flag()).collect();
        let behind = match self.behind {
            0 => String::new(),
            behind => format!(" --behind {behind}"),
        };
        format!(
            "credits bench --phases {} --seconds {} --connections {} --wallets {} --keys {}{behind}",
            phases.join(","),
            self.seconds,
            self.connections,
            self.wallets,
            self.keys.flag(),
        )
    }
}

/// The address in a URL; the load asks for addresses, not for names.
fn address(url: &str) -> Result<SocketAddr, String> {
    let address = url.trim_end_matches('/').trim_start_matches("http://").parse();
    address.map_err(|_| "must be like http://127.0.0.1:8005".into())
}
