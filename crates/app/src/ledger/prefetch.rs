//! Prefetch: what a command needs and memory lacks, loaded in one snapshot for
//! many commands, outside the committer. Who lacks nothing does not wait for it.

use std::collections::HashMap;
use std::sync::Arc;

use ledger::{Facts, KeyId, Order, Read, Seq, Wallet, WalletId};
use store::{Error, Tx, journal, projections};

use super::commit::Committer;
use super::error::SubmitError;
use super::queue::{Prepared, Receiver, Waiting};
use super::shared::Shared;

/// The most orders that are loaded for at once, except that one request is never
/// split.
const BATCH_MAX: usize = 1_024;

/// How many records may be ahead of the projections: commands wait there.
const LAG_MAX: i64 = 200_000;

/// The rows an order needs, beside its wallet where that is in memory.
struct Need {
    facts: Facts,
    wallet: Option<WalletId>,
    key: Option<KeyId>,
    hold: Option<ledger::HoldId>,
    grant: Option<ledger::GrantId>,
    refund_of: Option<Seq>,
}

/// Loads for what waits, batch by batch, until the queue is closed and empty.
pub(super) async fn run(committer: Arc<Committer>, mut queue: Receiver) {
    let shared = committer.shared();
    while let Some(first) = next(shared, &mut queue).await {
        let mut batch = vec![first];
        let mut count = batch[0].entry.work.orders().len();
        while count < BATCH_MAX {
            let Ok(waiting) = queue.try_recv() else { break };
            count += waiting.entry.work.orders().len();
            batch.push(waiting);
        }
        wait_for_projections(shared).await;
        committer.put(prepare(shared, batch).await);
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

/// Lag is bounded: at the bound commands wait for the projector. The last ones of a server
/// that closes don't: it may wait for a database that is away, and they are told that.
async fn wait_for_projections(shared: &Shared) {
    let mut projected = shared.projected.subscribe();
    let least = least_projected(shared);
    // The sender lives as long as `shared`.
    let there = projected.wait_for(|seq| seq.number() >= least || shared.stopped().is_some());
    tokio::select! {
        _ = there => {}
        () = shared.closing.cancelled() => {}
    }
}

fn least_projected(shared: &Shared) -> i64 {
    shared.head().seq.number().saturating_sub(LAG_MAX)
}

/// A request for which memory has all that it needs; another one has to wait.
pub(super) fn at_hand(shared: &Shared, waiting: Waiting) -> Result<Prepared, Waiting> {
    let least = least_projected(shared);
    if shared.projected.borrow().number() < least {
        return Err(waiting);
    }
    let floor = shared.floor();
    let needs = needs(shared, std::slice::from_ref(&waiting));
    if !needs.iter().all(Need::is_met) {
        return Err(waiting);
    }
    let facts = needs.into_iter().map(|need| need.facts).collect();
    Ok(Prepared { waiting, facts, floor })
}

/// What each order needs, as far as memory tells.
fn needs(shared: &Shared, batch: &[Waiting]) -> Vec<Need> {
    let working = shared.working();
    let orders = batch.iter().flat_map(|waiting| waiting.entry.work.orders());
    let needs = orders.map(|order| need(&*working, order));
    needs.map(|need| Need { key: need.key.filter(|id| shared.may_be_used(*id)), ..need }).collect()
}

/// Loads for a batch. Requests whose load failed are answered here.
async fn prepare(shared: &Arc<Shared>, batch: Vec<Waiting>) -> Vec<Prepared> {
    let floor = shared.floor();
    let needs = needs(shared, &batch);
    let facts = match load(shared, needs).await {
        Ok(facts) => facts,
        Err(error) => {
            let error = SubmitError::from(error);
            for waiting in batch {
                // Who asked may be gone; nobody else wants to know.
                let _ = waiting.entry.reply.send(Err(error.again()));
            }
            return Vec::new();
        }
    };
    let mut facts = facts.into_iter();
    let prepared = batch.into_iter().map(|waiting| {
        let facts = facts.by_ref().take(waiting.entry.work.orders().len()).collect();
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
    Need {
        // Memory may let go of it before the command is decided. It does so only
        // where no record after the floor is in it: then this is as new.
        facts: Facts { wallet: known.cloned(), ..Facts::default() },
        wallet: wallet.filter(|_| known.is_none()),
        key,
        hold,
        grant,
        refund_of: command.refund_of(),
    }
}

impl Need {
    fn is_met(&self) -> bool {
        self.wallet.is_none()
            && self.key.is_none()
            && self.hold.is_none()
            && self.grant.is_none()
            && self.refund_of.is_none()
    }
}

async fn load(shared: &Shared, needs: Vec<Need>) -> Result<Vec<Facts>, Error> {
    if needs.iter().all(Need::is_met) {
        return Ok(needs.into_iter().map(|need| need.facts).collect());
    }
    let is_shared = shared.db.is_shared();
    let load = shared.db.read::<_, Error, _>(move |tx| {
        Box::pin(async move {
            // Other servers write too: what is loaded may be ahead of memory.
            let head = if is_shared { journal::head(tx).await? } else { None };
            load_all(tx, needs, head.map_or(Seq::ZERO, |head| head.seq)).await
        })
    });
    load.await
}

async fn load_all(tx: &mut Tx, needs: Vec<Need>, seq: Seq) -> Result<Vec<Facts>, Error> {
    let wallets = load_wallets(tx, &needs).await?;
    let mut facts = Vec::with_capacity(needs.len());
    for mut need in needs {
        if let Some(id) = need.wallet {
            need.facts.wallet = wallets.get(&id).cloned();
        }
        facts.push(Facts { seq, ..load_one(tx, need).await? });
    }
    Ok(facts)
}

/// The wallets that orders need and memory lacks, in as many questions as one needs.
async fn load_wallets(
    tx: &mut Tx,
    needs: &[Need],
) -> Result<HashMap<WalletId, Arc<Wallet>>, Error> {
    let ids: Vec<WalletId> = needs.iter().filter_map(|need| need.wallet).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = projections::find_wallets(tx, &ids).await?;
    Ok(found.into_iter().map(|wallet| (wallet.id, Arc::new(wallet))).collect())
}

async fn load_one(tx: &mut Tx, need: Need) -> Result<Facts, Error> {
    let mut facts = need.facts;
    if let Some(id) = need.key {
        facts.key = projections::find_key(tx, id).await?.map(|entry| (id, entry));
    }
    if let Some(id) = need.hold {
        facts.hold = projections::find_hold(tx, id).await?.map(Box::new);
    }
    if let Some(id) = need.grant {
        facts.grant = projections::find_grant(tx, id).await?.map(Box::new);
    }
    if let Some(of) = need.refund_of {
        facts.refunded = projections::find_refunded(tx, of).await?.map(|total| (of, total));
    }
    Ok(facts)
}
