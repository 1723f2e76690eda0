//! What a run needs before the server starts: wallets with credits, and a key.

use std::path::Path;

use anyhow::Context as _;
use app::{
    BatchMode, BatchOp, BatchOperation, BatchRequest, Caller, GrantRequest, GrantRequestTerms,
    NewUser, Whose,
};
use domain::{Credits, Description, Email, IdempotencyKey, Role, Scopes, Source, Text, UserId};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use secrecy::ExposeSecret as _;

use crate::config::{Config, DB_KEY, Environment, Flag, Sources};
use crate::wiring::Running;

/// Users that are made at a time.
const AT_A_TIME: usize = 256;
/// Grants in a batch.
const BATCH: usize = 1_000;
/// What each wallet has, in micro-credits: more than a run spends.
const CREDITS: i64 = 1_000_000_000_000;

/// Makes users 1 to `wallets` in a new database, each with credits, and a key
/// that may do everything.
pub(super) async fn make(path: &Path, wallets: u32) -> anyhow::Result<String> {
    let flag = Flag { key: DB_KEY, name: "db", value: format!("sqlite:{}", path.display()) };
    let sources = Sources { flags: vec![flag], environment: Environment::new(), file: None };
    let (config, _) = Config::load(&sources)?;
    let running = Running::start(&config).await?;
    let made = fill(&running, wallets).await;
    running.stop().await?;
    made
}

async fn fill(running: &Running, wallets: u32) -> anyhow::Result<String> {
    let app = &running.app;
    stream::iter(1..=wallets)
        .map(|number| async move {
            app.create_user(&Caller::SYSTEM, None, user(number)?).await?;
            anyhow::Ok(())
        })
        .buffer_unordered(AT_A_TIME)
        .try_collect::<()>()
        .await?;
    let numbers: Vec<_> = (1..=wallets).collect();
    for numbers in numbers.chunks(BATCH) {
        let operations = numbers.iter().map(|number| grant(*number)).collect::<Result<_, _>>()?;
        let request = BatchRequest { mode: BatchMode::Each, operations };
        for result in app.batch(&Caller::SYSTEM, request).await? {
            result.outcome.context("a wallet got no credits")?;
        }
    }
    let name = Text::parse("bench")?;
    let key = app.create_key(&Caller::SYSTEM, name, Scopes::parse("admin")?).await?;
    Ok(key.secret.expose_secret().to_owned())
}

fn user(number: u32) -> anyhow::Result<NewUser> {
    Ok(NewUser {
        email: Email::parse(&format!("bench-{number}@credits.invalid"))?,
        name: Text::parse("Bench")?,
        role: Role::Customer,
        external_id: None,
        password_hash: None,
    })
}

fn grant(number: u32) -> anyhow::Result<BatchOperation> {
    let request = GrantRequest {
        whose: Whose::User(UserId::from_number(i64::from(number))),
        amount: Credits::from_micros(CREDITS),
        source: Source::Trial,
        description: Description::parse("For a measurement")?,
        terms: GrantRequestTerms::default(),
    };
    let key = IdempotencyKey::parse(&format!("bench-grant-{number}"))?;
    Ok(BatchOperation { key, op: BatchOp::Grant(request) })
}
