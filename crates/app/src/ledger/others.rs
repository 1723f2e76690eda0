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
/// The most records a server may be behind: it holds them all in memory for a
/// moment. One that is further behind starts anew sooner than it catches up.
const BEHIND_MAX: usize = 1_000_000;

/// Folds what is behind this server's head, all at once. The caller keeps the
/// journal's head locked, so that what is loaded is not ahead of what is read; it is
/// the only one who changes what is in memory, and nothing is being committed.
pub(super) async fn catch_up(shared: &Shared, tx: &mut Tx) -> Result<(), Failure> {
    let mut head = shared.head();
    let mut sealed = Vec::new();
    loop {
        let rows = journal::range(tx, head.seq, PAGE).await?;
        let whole = i64::try_from(rows.len()).is_ok_and(|count| count < PAGE);
        head = decode(head, rows, &mut sealed)?;
        if whole {
            break;
        }
        if sealed.len() > BEHIND_MAX {
            return Err(Failure::Foreign(
                "this server is too far behind the others: start it anew",
            ));
        }
    }
    let facts = load(shared, tx, &sealed).await?;
    fold(shared, &sealed, &facts)
}

/// Takes wallets into memory; the caller keeps the head locked.
pub(super) async fn admit(
    shared: &Shared,
    tx: &mut Tx,
    wallets: Vec<WalletId>,
) -> Result<(), Failure> {
    let unknown: Vec<WalletId> = {
        // Catching up may have loaded some.
        let working = shared.working();
        wallets.into_iter().filter(|id| working.wallet(*id).is_none()).collect()
    };
    if unknown.is_empty() {
        return Ok(());
    }
    let found = projections::find_wallets(tx, &unknown).await?;
    let mut working = shared.working_mut();
    for wallet in found {
        working.admit(Arc::new(wallet));
    }
    Ok(())
}

/// The records, if they are the ones that follow, and the head behind them.
fn decode(
    from: Head,
    rows: Vec<journal::Row>,
    sealed: &mut Vec<Arc<Sealed>>,
) -> Result<Head, Failure> {
    let mut head = from;
    for row in rows {
        let record = ledger::decode(&row.body)
            .map_err(|_| Failure::Foreign("another server wrote a record that can't be read"))?;
        if ledger::chain(head.hash, &row.body) != row.hash {
            return Err(Failure::Foreign("the journal does not go on from this server's head"));
        }
        head = Head { seq: row.seq, hash: row.hash, at: record.at };
        let record = Arc::new(record);
        sealed.push(Arc::new(Sealed { record, body: row.body, hash: row.hash, words: None }));
    }
    Ok(head)
}

/// What the records change and memory lacks.
#[derive(Default)]
struct Missing {
    wallets: HashSet<WalletId>,
    grants: HashSet<GrantId>,
    holds: HashSet<HoldId>,
}

async fn load(shared: &Shared, tx: &mut Tx, sealed: &[Arc<Sealed>]) -> Result<Vec<Facts>, Failure> {
    let missing = missing(shared, sealed);
    let mut facts = Vec::new();
    if !missing.wallets.is_empty() {
        let ids: Vec<WalletId> = missing.wallets.into_iter().collect();
        let found = projections::find_wallets(tx, &ids).await?.into_iter();
        facts.extend(found.map(|it| Facts { wallet: Some(Arc::new(it)), ..Facts::default() }));
    }
    for id in missing.grants {
        let grant = projections::find_grant(tx, id).await?.map(Box::new);
        facts.push(Facts { grant, ..Facts::default() });
    }
    for id in missing.holds {
        let hold = projections::find_hold(tx, id).await?.map(Box::new);
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
    shared.working_mut().expect(delta);
    shared.confirm(wallets);
    shared.clock.follow(shared.head().at);
    shared.keep(sealed.iter().cloned());
    Ok(())
}

/// A record's hash, where the journal has it.
pub(super) async fn hash_at(tx: &mut Tx, record: &Record) -> Result<Option<Hash>, store::Error> {
    Ok(journal::find(tx, record.seq).await?.map(|row| row.hash))
}
