//! Sealing: the end of the chain over the log's rows becomes a record of the
//! journal, every hour of the ledger's clock and when the server closes.

use std::sync::Arc;
use std::time::Duration;

use ledger::{Actor, Command, Order, Record, Text, Time, command};
use store::audit_chain::{self, Link};
use store::{Db, Error, Priority, audit};
use tokio::sync::Mutex;

use super::chain::{self, More};
use super::{AuditError, Shared};
use crate::fingerprint::Canonical;

/// How often it looks at the clock, which a test book's admin may move.
const EVERY: Duration = Duration::from_secs(1);

/// How much of the log can be changed unseen, at most, in microseconds.
const HOUR: i64 = 3_600 * Time::SECOND;

/// One seal at a time.
#[derive(Default)]
pub(super) struct Sealer {
    turn: Mutex<()>,
}

/// Seals every hour until the server closes.
pub(super) async fn run(shared: &Shared, mut last: Option<Time>) {
    loop {
        tokio::select! {
            () = shared.closing.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        // While the clock can't be trusted the ledger takes no command either.
        let Ok(now) = shared.ledger.time() else { continue };
        if last.is_some_and(|last| now.since(last) < HOUR) {
            continue;
        }
        last = Some(now);
        if let Err(error) = seal(shared).await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "audit.not_sealed");
        }
    }
}

/// Since when there is something to seal: what a crash left is not younger for
/// having been left. `None` where that can't be told now.
pub(super) async fn unsealed_since(shared: &Shared) -> Option<Time> {
    let oldest = shared.db.read::<_, Error, _>(|tx| {
        Box::pin(async move {
            let last = tx.opt(audit_chain::last()).await?.map_or(0, |link| link.id);
            Ok(tx.all(audit::after(last, 1)).await?.first().map(|row| row.entry.at))
        })
    });
    let oldest = oldest.await.ok()?;
    let now = shared.ledger.time().ok()?;
    Some(oldest.map_or(now, |at| at.min(now)))
}

/// Chains what is not chained yet and seals the end of the chain. What was
/// sealed before is not sealed again: the record's key is the row.
pub(super) async fn seal(shared: &Shared) -> Result<Option<Arc<Record>>, AuditError> {
    let _turn = shared.sealer.turn.lock().await;
    shared.recorded().await?;
    let Some(end) = extend(&shared.db).await? else { return Ok(None) };
    let sealed = shared.ledger.submit(order(shared, end)?).await?;
    tracing::info!(through = end.id, seq = sealed.record.seq.number(), "audit.sealed");
    Ok(Some(sealed.record))
}

async fn extend(db: &Db) -> Result<Option<Link>, Error> {
    loop {
        let extended = db.write::<_, Error, _>(Priority::Edit, |tx| Box::pin(chain::extend(tx)));
        let (end, more) = extended.await?;
        if more == More::None {
            return Ok(end);
        }
    }
}

fn order(shared: &Shared, end: Link) -> Result<Order, AuditError> {
    let key = Text::parse(&format!("audit:{}", end.id)).map_err(|_| AuditError::Key)?;
    let said = Canonical::of("seal").number("through", end.id);
    let said = said.text("digest", &end.hash.to_string());
    let fingerprint = said.seal(&shared.ledger.book().fingerprint_secret);
    let seal = Command::Seal(command::Seal { through: end.id, digest: end.hash });
    Ok(Order { key: Some((key, fingerprint)), ..Order::bare(Actor::System, seal) })
}
