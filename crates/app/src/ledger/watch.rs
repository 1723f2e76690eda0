//! Watching others: a server that nobody asks anything sees what the others wrote
//! all the same, so that its consumers and projections keep up.

use std::sync::Arc;
use std::time::Duration;

use super::commit::Committer;

/// How often it looks.
const EVERY: Duration = Duration::from_millis(250);

/// Looks until the server closes.
pub(super) async fn run(committer: Arc<Committer>) {
    loop {
        tokio::select! {
            () = committer.shared().closing.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if committer.shared().stopped().is_some() {
            return;
        }
        // A server that can't be reached is looked for again.
        let _ = committer.look().await;
    }
}
