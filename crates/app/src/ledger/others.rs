//! What other servers appended: read, and folded into what this one has in
//! memory, so that the next command here is decided on it.

use std::collections::HashSet;
use std::sync::Arc;

use ledger::{
    Facts, GrantId, Hash, Head, HoldId, Loaded, Overlay, Read as _, Record, Sealed, WalletId,
};
use store::{Tx, journal, projections};

use super::commit::Failure;
use super::shared::Shared;

/// Records read at a time.
const PAGE: i64 = 10_000;

/// Folds what is behind this server's head. The caller keeps the journal's head
/// locked, so that what is loaded is not ahead of what is read; and it is the
/// only one who changes what is in memory.
pub(super) async fn catch_up(shared: &Shared, tx: &mut Tx) -> Result<(), Failure> {
    loop {
        let head = shared.head();
        let rows = journal::range(tx, head.seq, PAGE).await?;
        let whole = i64::try_from(rows.len()).is_ok_and(|count| count < PAGE);
        if !rows.is_empty() {
            let sealed = decode(head, rows)?;
            let facts = load(shared, tx, &sealed).await?;
            fold(shared, &sealed, &facts)?;
        }
        if whole {
            return Ok(());
        }
    }
}

/// The records, if they are the ones that follow.
fn decode(head: Head, rows: Vec<journal::Row>) -> Result<Vec<Arc<Sealed>>, Failure> {
    let mut last = head.hash;
    let mut sealed = Vec::with_capacity(rows.len());
    for row in rows {
        let record = ledger::decode(&row.body)
            .map_err(|_| Failure::Foreign("another server wrote a record that can't be read"))?;
        if ledger::chain(last, &row.body) != row.hash {
            return Err(Failure::Foreign("the journal does not go on from this server's head"));
        }
        last = row.hash;
        let record = Arc::new(record);
        sealed.push(Arc::new(Sealed { record, body: row.body, hash: row.hash, words: None }));
    }
    Ok(sealed)
}

/// What the records change and memory lacks.
#[derive(Default)]
struct Missing {
    wallets: HashSet<WalletId>,
    grants: HashSet<GrantId>,
    holds: HashSet<HoldId>,
}

async fn load(
    shared: &Shared,
    tx: &mut Tx,
    sealed: &[Arc<Sealed>],
) -> Result<Vec<Facts>, Failure> {
    let missing = missing(shared, sealed);
    let mut facts = Vec::new();
    for id in missing.wallets {
        let wallet = projections::find_wallet(tx, id).await?.map(Arc::new);
        facts.push(Facts { wallet, ..Facts::default() });
    }
    for id in missing.grants {
        let grant = projections::find_grant(tx, id).await?;
        facts.push(Facts { grant, ..Facts::default() });
    }
    for id in missing.holds {
        let hold = projections::find_hold(tx, id).await?;
        facts.push(Facts { hold, ..Facts::default() });
    }
    Ok(facts)
}

fn missing(shared: &Shared, sealed: &[Arc<Sealed>]) -> Missing {
    let working = shared.working();
    let mut missing = Missing::default();
    for record in sealed.iter().map(|sealed| &sealed.record) {
        let Some(id) = record.wallet else { continue };
        let wallet = working.wallet(id);
        if wallet.is_none() {
            missing.wallets.insert(id);
        }
        // A row may be closed already, where its wallet does not show it.
        for change in record.grants.iter().filter(|change| change.made.is_none()) {
            if wallet.and_then(|wallet| wallet.grant(change.id)).is_none() {
                missing.grants.insert(change.id);
            }
        }
        for change in record.holds.iter().filter(|change| change.made.is_none()) {
            if wallet.and_then(|wallet| wallet.hold(change.id)).is_none() {
                missing.holds.insert(change.id);
            }
        }
    }
    missing
}

/// Folds the records and keeps what came of it: they are committed.
fn fold(shared: &Shared, sealed: &[Arc<Sealed>], facts: &[Facts]) -> Result<(), Failure> {
    let (delta, wallets) = {
        let working = shared.working();
        let mut loaded = Loaded::new(&working);
        for facts in facts {
            loaded.add(facts);
        }
        let mut overlay = Overlay::new(&loaded);
        for one in sealed {
            overlay.replay(&one.record, one.hash).map_err(Failure::Broken)?;
        }
        let delta = overlay.into_delta();
        (delta, loaded.into_wallets().collect())
    };
    shared.merge(delta, wallets);
    shared.clock.follow(shared.head().at);
    shared.keep(sealed.iter().cloned());
    Ok(())
}

/// A record's hash, where the journal has it.
pub(super) async fn hash_at(tx: &mut Tx, record: &Record) -> Result<Option<Hash>, store::Error> {
    Ok(journal::find(tx, record.seq).await?.map(|row| row.hash))
}
