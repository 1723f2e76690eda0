//! Records behind a book: spends in batches, through the use cases that a request
//! goes through, in this process.

use std::time::Duration;

use anyhow::Context as _;
use app::{
    App, BatchMode, BatchOp, BatchOperation, BatchRequest, Caller, Charge, Particulars,
    SpendRequest, Whose,
};
use domain::{Credits, IdempotencyKey, UserId};
use futures::StreamExt as _;
use futures::stream;

use super::keys::Keys;
use super::work::{BATCH, wallet};
use crate::commands::progress::Progress;
use crate::wiring::machine::instant;

/// Batches under way at a time.
const AT_A_TIME: usize = 8;
/// What a spend takes, in micro-credits.
const AMOUNT: i64 = 1_000;

/// Makes so many spends, and says how long they took.
pub(super) async fn fill(
    app: &App,
    spends: u64,
    (wallets, keys): (u32, &Keys),
) -> anyhow::Result<Duration> {
    let started = instant();
    let mut progress = Progress::of(spends, "records behind it");
    let starts = (0..spends).step_by(usize::try_from(BATCH)?);
    let batches = starts.map(|first| {
        let numbers = first..spends.min(first + BATCH);
        async move { batch(app, numbers.map(|number| spend(number, wallets, keys))).await }
    });
    let mut batches = stream::iter(batches).buffer_unordered(AT_A_TIME);
    let mut done = 0;
    while let Some(made) = batches.next().await {
        done += made?;
        progress.set(done);
    }
    progress.finish();
    Ok(instant().duration_since(started))
}

/// How many were made, which is all.
async fn batch(
    app: &App,
    spends: impl Iterator<Item = anyhow::Result<BatchOperation>>,
) -> anyhow::Result<u64> {
    let operations = spends.collect::<Result<_, _>>()?;
    let request = BatchRequest { mode: BatchMode::Each, operations };
    let mut made = 0;
    for result in app.batch(&Caller::SYSTEM, request).await? {
        result.outcome.context("a spend was refused")?;
        made += 1;
    }
    Ok(made)
}

fn spend(number: u64, wallets: u32, keys: &Keys) -> anyhow::Result<BatchOperation> {
    let user = i64::try_from(wallet(number, wallets))?;
    let request = SpendRequest {
        whose: Whose::User(UserId::from_number(user)),
        charge: Charge::Amount { amount: Credits::from_micros(AMOUNT), service: None },
        particulars: Particulars::default(),
    };
    let key = IdempotencyKey::parse(&keys.of(number, "f"))?;
    Ok(BatchOperation { key, op: BatchOp::Spend(request) })
}
