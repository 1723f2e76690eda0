//! Recall: notes the keys used before the start, so that new ones are known as
//! new without a look. Nothing waits for it.

use std::sync::Arc;

use store::{Error, projections};

use super::shared::Shared;

/// Keys read at a time: some milliseconds of a reader.
const PAGE: i64 = 10_000;

/// How long a server that is away is left alone.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// Reads all keys once, in their order.
pub(super) async fn run(shared: Arc<Shared>) {
    loop {
        let recalled = tokio::select! {
            () = shared.closing.cancelled() => return,
            recalled = recall(&shared) => recalled,
        };
        match recalled {
            Ok(()) => return shared.know_keys(),
            Err(error) if error.is_passing() => tokio::time::sleep(PAUSE).await,
            Err(error) => return tracing::warn!(%error, "ledger.keys_not_recalled"),
        }
    }
}

async fn recall(shared: &Shared) -> Result<(), Error> {
    let mut after = None;
    loop {
        let read = shared.db.read::<_, Error, _>(move |tx| {
            Box::pin(async move { projections::keys_after(tx, after, PAGE).await })
        });
        let keys = read.await?;
        let Some(last) = keys.last() else { return Ok(()) };
        after = Some(*last);
        shared.note_keys(keys.into_iter().map(|place| place.key));
    }
}
