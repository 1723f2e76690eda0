//! Prefetch: what a command needs and memory lacks, loaded in one snapshot for
//! many commands, outside the committer.

use std::sync::Arc;

use ledger::{Facts, KeyId, Order, Read, Seq};
use store::{Error, Tx, projections};
use tokio::sync::mpsc;

use super::error::SubmitError;
use super::queue::{Loads, Prepared, Receiver, Waiting};
use super::shared::Shared;

/// The most orders of one batch, except that one request is never split.
pub(super) const BATCH_MAX: usize = 1_024;

/// What an order needs that is not in memory.
struct Need {
    order: Lookups,
    in_memory: bool,
}

/// The rows an order names.
struct Lookups {
    wallet: Option<ledger::WalletId>,
    key: Option<KeyId>,
    hold: Option<ledger::HoldId>,
    grant: Option<ledger::GrantId>,
    refund_of: Option<Seq>,
}

/// Loads for what waits, batch by batch, until the queue is closed and empty.
pub(super) async fn run(
    shared: Arc<Shared>,
    mut queue: Receiver,
    prepared: mpsc::Sender<Vec<Prepared>>,
) {
    while let Some(first) = next(&shared, &mut queue).await {
        let mut batch = vec![first];
        let mut count = batch[0].entry.work.orders().len();
        while count < BATCH_MAX {
            let Ok(waiting) = queue.try_recv() else { break };
            count += waiting.entry.work.orders().len();
            batch.push(waiting);
        }
        if prepared.send(prepare(&shared, batch).await).await.is_err() {
            return;
        }
    }
}

async fn next(shared: &Shared, queue: &mut Receiver) -> Option<Waiting> {
    if let Ok(waiting) = queue.try_recv() {
        return Some(waiting);
    }
    tokio::select! {
        biased;
        waiting = queue.recv() => waiting,
        () = shared.closing.cancelled() => queue.try_recv().ok(),
    }
}

/// Loads for a batch. Requests whose load failed are answered here.
pub(super) async fn prepare(shared: &Arc<Shared>, batch: Vec<Waiting>) -> Vec<Prepared> {
    let floor = shared.floor();
    let needs: Vec<Need> = {
        let working = shared.working();
        let orders = batch.iter().flat_map(|waiting| waiting.entry.work.orders());
        orders.map(|order| need(&*working, order)).collect()
    };
    let loads = match load(shared, needs).await {
        Ok(loads) => loads,
        Err(error) => {
            let error = SubmitError::from(error);
            for waiting in batch {
                // Who asked may be gone; nobody else wants to know.
                let _ = waiting.entry.reply.send(Err(error.again()));
            }
            return Vec::new();
        }
    };
    let mut loads = loads.into_iter();
    let prepared = batch.into_iter().map(|waiting| {
        let facts = loads.by_ref().take(waiting.entry.work.orders().len()).collect();
        Prepared { waiting, facts, floor: Arc::clone(&floor) }
    });
    prepared.collect()
}

fn need(working: &impl Read, order: &Order) -> Need {
    let command = &order.command;
    let wallet = command.wallet();
    let known = wallet.and_then(|id| working.wallet(id));
    let key = order.key.as_ref();
    let key = key.map(|(key, _)| KeyId::of(&order.actor, command.operation(), wallet, key));
    // What is open is in its wallet; only what is closed has to be looked for.
    let hold = command.hold().filter(|id| known.is_none_or(|wallet| wallet.hold(*id).is_none()));
    let grant = command.grant().filter(|id| known.is_none_or(|wallet| wallet.grant(*id).is_none()));
    let in_memory = known.is_some();
    Need {
        order: Lookups {
            wallet: wallet.filter(|_| !in_memory),
            key,
            hold,
            grant,
            refund_of: command.refund_of(),
        },
        in_memory,
    }
}

impl Lookups {
    fn is_empty(&self) -> bool {
        self.wallet.is_none()
            && self.key.is_none()
            && self.hold.is_none()
            && self.grant.is_none()
            && self.refund_of.is_none()
    }
}

async fn load(shared: &Shared, needs: Vec<Need>) -> Result<Vec<Loads>, Error> {
    if needs.iter().all(|need| need.order.is_empty()) {
        let nothing = |need: Need| Loads { facts: Facts::default(), in_memory: need.in_memory };
        return Ok(needs.into_iter().map(nothing).collect());
    }
    shared
        .db
        .read::<_, Error, _>(move |tx| Box::pin(async move { load_all(tx, needs).await }))
        .await
}

async fn load_all(tx: &mut Tx, needs: Vec<Need>) -> Result<Vec<Loads>, Error> {
    let mut loads = Vec::with_capacity(needs.len());
    for Need { order, in_memory } in needs {
        loads.push(Loads { facts: load_one(tx, &order).await?, in_memory });
    }
    Ok(loads)
}

async fn load_one(tx: &mut Tx, order: &Lookups) -> Result<Facts, Error> {
    let mut facts = Facts::default();
    if let Some(id) = order.key {
        facts.key = projections::find_key(tx, id).await?.map(|entry| (id, entry));
    }
    if let Some(id) = order.wallet {
        facts.wallet = projections::find_wallet(tx, id).await?;
    }
    if let Some(id) = order.hold {
        facts.hold = projections::find_hold(tx, id).await?;
    }
    if let Some(id) = order.grant {
        facts.grant = projections::find_grant(tx, id).await?;
    }
    if let Some(of) = order.refund_of {
        facts.refunded = projections::find_refunded(tx, of).await?.map(|total| (of, total));
    }
    Ok(facts)
}
