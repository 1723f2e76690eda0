//! What a run needs before the server starts: wallets with credits, and a key.

use anyhow::Context as _;
use app::{
    BatchMode, BatchOp, BatchOperation, BatchRequest, Caller, GrantRequest, GrantRequestTerms,
    Whose,
};
use domain::{
    Actor, Credits, Description, IdempotencyKey, Role, Scopes, Source, Text, Time, UserId, WalletId,
};
use ledger::{Command, Order, Owner, command};
use secrecy::ExposeSecret as _;
use store::{Error, Priority, Tx, users};

use super::Scratch;
use crate::config::{CHECKPOINTS_KEY, Config, DB_KEY, Environment, Flag, Sources};
use crate::wiring::{Running, machine};

/// Grants in a batch.
const BATCH: usize = 1_000;
/// What each wallet has, in micro-credits: more than a run spends.
const CREDITS: i64 = 1_000_000_000_000;

/// Makes users 1 to `wallets` in a new database, each with credits, and a key
/// that may do everything.
pub(super) async fn make(book: &Scratch, wallets: u32) -> anyhow::Result<String> {
    let flags = [(DB_KEY, "db", &book.db), (CHECKPOINTS_KEY, "checkpoints", &book.checkpoints)];
    let flags = flags.map(|(key, name, value)| Flag { key, name, value: value.clone() });
    let environment =
        Environment::from([("CREDITS_SIGNING_KEY".to_owned(), book.signing_key.clone())]);
    let sources = Sources { flags: flags.into(), environment, file: None };
    let (config, _) = Config::load(&sources)?;
    let running = Running::start(&config).await?;
    let made = fill(&running, wallets).await;
    running.stop().await?;
    made
}

async fn fill(running: &Running, wallets: u32) -> anyhow::Result<String> {
    let app = &running.app;
    let numbers: Vec<_> = (1..=i64::from(wallets)).collect();
    for numbers in numbers.chunks(BATCH) {
        make_users(running, numbers.to_vec()).await?;
        let operations = numbers.iter().map(|number| grant(*number)).collect::<Result<_, _>>()?;
        let request = BatchRequest { mode: BatchMode::Each, operations };
        for result in app.batch(&Caller::SYSTEM, request).await? {
            result.outcome.context("a wallet got no credits")?;
        }
    }
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
