//! The sweep: settles idle wallets in the background, so that lists and totals
//! of wallets nobody touches are not stale for long. No balance depends on it.

use std::sync::Arc;
use std::time::Duration;

use ledger::{Actor, Command, Order};
use store::{Error, projections};
use tokio_util::sync::CancellationToken;

use super::{Ledger, SubmitError};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);
/// The most wallets it settles at a time.
const WALLETS_MAX: i64 = 256;

impl Ledger {
    /// Settles wallets that nobody touches, until the server closes.
    pub async fn keep_sweeping(self, closing: CancellationToken) {
        loop {
            tokio::select! {
                () = closing.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = sweep(&self).await {
                tracing::warn!(%error, "ledger.sweep_failed");
            }
        }
    }
}

async fn sweep(ledger: &Ledger) -> Result<(), SubmitError> {
    let now = ledger.time()?;
    let due = Arc::clone(&ledger.shared)
        .db
        .read::<_, Error, _>(move |tx| {
            Box::pin(async move { projections::due_wallets(tx, now, WALLETS_MAX).await })
        })
        .await?;
    if due.is_empty() {
        return Ok(());
    }
    let settle = |id| Order::bare(Actor::System, Command::Settle(id));
    for settled in ledger.submit_each(due.into_iter().map(settle).collect()).await {
        settled?;
    }
    Ok(())
}
