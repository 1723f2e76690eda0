//! What a run needs before its servers start: books of wallets with credits, a key
//! for each, and records behind them where that is asked.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use app::{
    BatchMode, BatchOp, BatchOperation, BatchRequest, Caller, GrantRequest, GrantRequestTerms,
    Whose,
};
use data_encoding::HEXLOWER_PERMISSIVE;
use domain::{
    Actor, Credits, Description, IdempotencyKey, Role, Scopes, Source, Text, Time, UserId, WalletId,
};
use ledger::{Command, Order, Owner, command};
use secrecy::ExposeSecret as _;
use store::{Error, Priority, Tx, users};

use super::behind;
use super::keys::Keys;
use crate::commands::progress::Progress;
use crate::config::{CHECKPOINTS_KEY, Config, DB_KEY, Environment, Flag, Sources};
use crate::wiring::{Running, machine};

/// Grants in a batch.
const BATCH: usize = 1_000;
/// What each wallet has, in micro-credits: more than a run spends.
const CREDITS: i64 = 1_000_000_000_000;

/// A book of a run, as settings.
pub(super) struct Scratch {
    pub(super) db: String,
    pub(super) checkpoints: String,
    pub(super) signing_key: String,
}

/// A book that is wanted.
pub(super) struct Wanted {
    /// For people.
    pub(super) name: String,
    /// Its address, or none for a file in the folder of the run.
    pub(super) db: Option<String>,
    /// Spends that it has behind it.
    pub(super) behind: u64,
}

impl Wanted {
    /// `file`, or an address.
    pub(super) fn new(db: String, behind: u64) -> Self {
        let engine = if db.starts_with("postgres") { "PostgreSQL" } else { "SQLite" };
        let name = match behind {
            0 => engine.to_owned(),
            _ => format!("{engine}, {behind} behind"),
        };
        Self { name, db: Some(db).filter(|db| db != "file"), behind }
    }
}

/// A book that is made.
pub(super) struct Made {
    pub(super) wanted: Wanted,
    pub(super) scratch: Scratch,
    /// A key that may do everything.
    pub(super) key: String,
    /// How long the spends behind it took.
    pub(super) filling: Duration,
}

/// Makes a book with users 1 to `wallets`, each with credits, a key, and as many
/// spends behind it as are wanted.
pub(super) async fn make(
    wanted: Wanted,
    folder: &Path,
    (wallets, keys): (u32, &Keys),
) -> anyhow::Result<Made> {
    let scratch = scratch(&wanted, folder);
    let flags =
        [(DB_KEY, "db", &scratch.db), (CHECKPOINTS_KEY, "checkpoints", &scratch.checkpoints)];
    let flags = flags.map(|(key, name, value)| Flag { key, name, value: value.clone() });
    let environment =
        Environment::from([("CREDITS_SIGNING_KEY".to_owned(), scratch.signing_key.clone())]);
    let sources = Sources { flags: flags.into(), environment, file: None };
    let (config, _) = Config::load(&sources)?;
    let running = Running::start(&config).await?;
    eprintln!("{}: making {wallets} wallets", wanted.name);
    let made = async {
        let key = fill(&running, wallets).await?;
        Ok((key, behind::fill(&running.app, wanted.behind, (wallets, keys)).await?))
    };
    let made: anyhow::Result<_> = made.await;
    running.stop().await?;
    let (key, filling) = made?;
    Ok(Made { wanted, scratch, key, filling })
}

fn scratch(wanted: &Wanted, folder: &Path) -> Scratch {
    let file = || format!("sqlite:{}", folder.join("bench.db").display());
    Scratch {
        db: wanted.db.clone().unwrap_or_else(file),
        checkpoints: folder.join("checkpoints").display().to_string(),
        signing_key: HEXLOWER_PERMISSIVE.encode(&machine::entropy().bytes::<32>()),
    }
}

async fn fill(running: &Running, wallets: u32) -> anyhow::Result<String> {
    let app = &running.app;
    let numbers: Vec<_> = (1..=i64::from(wallets)).collect();
    let mut progress = Progress::of(u64::from(wallets), "wallets");
    let mut done = 0;
    for numbers in numbers.chunks(BATCH) {
        make_users(running, numbers.to_vec()).await?;
        let operations = numbers.iter().map(|number| grant(*number)).collect::<Result<_, _>>()?;
        let request = BatchRequest { mode: BatchMode::Each, operations };
        for result in app.batch(&Caller::SYSTEM, request).await? {
            result.outcome.context("a wallet got no credits")?;
            done += 1;
        }
        progress.set(done);
    }
    progress.finish();
    let name = Text::parse("bench")?;
    let key = app.create_key(&Caller::SYSTEM, None, (name, Scopes::parse("admin")?)).await?.value;
    Ok(key.secret.context("the key was made before")?.expose_secret().to_owned())
}

/// Users with wallets, a thousand a commit: the use case takes two for each.
async fn make_users(running: &Running, numbers: Vec<i64>) -> anyhow::Result<()> {
    let unit = Text::parse("credit")?;
    let open = |number: &i64| {
        let open = command::Open { owner: Owner::User(*number), unit: unit.clone() };
        Order::bare(Actor::System, Command::Open(open))
    };
    let orders = numbers.iter().map(open).collect();
    let mut wallets = Vec::with_capacity(numbers.len());
    for opened in running.app.ledger().submit_each(orders).await {
        wallets.push(WalletId::from_number(opened?.record.seq.number()));
    }
    let now = machine::wall();
    let pairs: Vec<_> = numbers.into_iter().zip(wallets).collect();
    let insert = running.db.write::<_, Error, _>(Priority::Edit, move |tx| {
        Box::pin(async move {
            for (number, wallet) in pairs {
                insert(tx, number, now).await?;
                tx.exec(users::set_wallet(number, wallet)).await?.expect_one()?;
            }
            Ok(())
        })
    });
    Ok(insert.await?)
}

async fn insert(tx: &mut Tx, number: i64, now: Time) -> Result<(), Error> {
    let user = users::NewUser {
        email: &format!("bench-{number}@credits.invalid"),
        name: "Bench",
        role: Role::Customer.as_str(),
        external_id: None,
        password_hash: None,
        created_at: now,
    };
    // In a new database they count up from 1.
    tx.one(users::insert(&user)).await.map(drop)
}

fn grant(number: i64) -> anyhow::Result<BatchOperation> {
    let request = GrantRequest {
        whose: Whose::User(UserId::from_number(number)),
        amount: Credits::from_micros(CREDITS),
        source: Source::Trial,
        description: Description::parse("For a measurement")?,
        terms: GrantRequestTerms::default(),
    };
    let key = IdempotencyKey::parse(&format!("bench-grant-{number}"))?;
    Ok(BatchOperation { key, op: BatchOp::Grant(request) })
}
