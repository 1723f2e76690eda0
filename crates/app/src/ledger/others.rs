//! What other servers appended: read, and folded into what this one has in
//! memory, so that the next command here is decided on it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ledger::{
    Facts, GrantId, Hash, Head, HoldId, Loaded, Overlay, Read as _, Record, Sealed, Wallet,
    WalletId,
};
use store::{Tx, journal, projections};

use super::commit::Failure;
use super::shared::Shared;

/// Records read at a time.
const PAGE: i64 = 10_000;
/// The most records a server may be behind: it holds them all in memory for a
/// moment. One that is further behind starts anew sooner than it catches up.
const BEHIND_MAX: i64 = 1_000_000;

/// Folds what is behind this server's head, all at once, up to the journal's own. The
/// caller keeps that locked, so that what is loaded is not ahead of what is read, and nothing
/// is being committed. Memory may let go of what it has meanwhile: of nothing that is needed,
/// which the floor and what is loaded keep.
pub(super) async fn catch_up(shared: &Shared, tx: &mut Tx, to: Head) -> Result<(), Failure> {
    let mut head = shared.head();
    match to.seq.number().saturating_sub(head.seq.number()) {
        0 if to.hash == head.hash => return Ok(()),
        ..=0 => {
            return Err(Failure::Foreign(
                "the database lacks records that this server has answered: it was restored, \
                 or a standby without them was promoted",
            ));
        }
        behind if behind > BEHIND_MAX => {
            return Err(Failure::Foreign(
                "this server is too far behind the others: start it anew",
            ));
        }
        _ => {}
    }
    let mut sealed = Vec::new();
    while head.seq < to.seq {
        let rows = journal::range(tx, head.seq, PAGE).await?;
        if rows.is_empty() {
            return Err(Failure::Foreign("the journal ends before its head"));
        }
        head = decode(head, rows, &mut sealed)?;
    }
    let _floor = shared.floor();
    let facts = load(shared, tx, &sealed).await?;
    fold(shared, &sealed, &facts)
}

/// Takes wallets into memory that it lacks; the caller keeps the head locked. Which of them
/// there are not.
pub(super) async fn admit(
    shared: &Shared,
    tx: &mut Tx,
    mut wallets: Vec<WalletId>,
) -> Result<Vec<WalletId>, Failure> {
    if wallets.is_empty() {
        return Ok(wallets);
    }
    let found = projections::find_wallets(tx, &wallets).await?;
    let there: HashSet<WalletId> = found.iter().map(|wallet| wallet.id).collect();
    wallets.retain(|id| !there.contains(id));
    let mut working = shared.working_mut();
    for wallet in found {
        working.admit(Arc::new(wallet));
    }
    Ok(wallets)
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

/// What the records change, from memory or the tables.
async fn load(shared: &Shared, tx: &mut Tx, sealed: &[Arc<Sealed>]) -> Result<Vec<Facts>, Failure> {
    let changed: HashSet<_> = sealed.iter().filter_map(|one| one.record.wallet).collect();
    let mut loaded: HashMap<WalletId, Arc<Wallet>> = {
        let working = shared.working();
        changed.iter().filter_map(|id| Some((*id, working.wallet(*id)?.clone()))).collect()
    };
    let missing: Vec<WalletId> =
        changed.into_iter().filter(|id| !loaded.contains_key(id)).collect();
    if !missing.is_empty() {
        let found = projections::find_wallets(tx, &missing).await?.into_iter();
        loaded.extend(found.map(|wallet| (wallet.id, Arc::new(wallet))));
    }
    let (grants, holds) = not_shown(sealed, &loaded);
    let wallets = loaded.into_values();
    let mut facts: Vec<_> =
        wallets.map(|it| Facts { wallet: Some(it), ..Facts::default() }).collect();
    for id in grants {
        let grant = projections::find_grant(tx, id).await?.map(Box::new);
        facts.push(Facts { grant, ..Facts::default() });
    }
    for id in holds {
        let hold = projections::find_hold(tx, id).await?.map(Box::new);
        facts.push(Facts { hold, ..Facts::default() });
    }
    Ok(facts)
}

/// Grants and holds that the records change, which none of them makes, and their wallets don't
/// show: their rows may be closed already.
fn not_shown(
    sealed: &[Arc<Sealed>],
    loaded: &HashMap<WalletId, Arc<Wallet>>,
) -> (HashSet<GrantId>, HashSet<HoldId>) {
    let (mut grants, mut holds) = (HashSet::new(), HashSet::new());
    let (mut made_grants, mut made_holds) = (HashSet::new(), HashSet::new());
    for record in sealed.iter().map(|sealed| &sealed.record) {
        let Some(id) = record.wallet else { continue };
        let wallet = loaded.get(&id);
        for change in &record.grants {
            if change.made.is_some() {
                made_grants.insert(change.id);
            } else if !made_grants.contains(&change.id)
                && wallet.and_then(|wallet| wallet.grant(change.id)).is_none()
            {
                grants.insert(change.id);
            }
        }
        for change in &record.holds {
            if change.made.is_some() {
                made_holds.insert(change.id);
            } else if !made_holds.contains(&change.id)
                && wallet.and_then(|wallet| wallet.hold(change.id)).is_none()
            {
                holds.insert(change.id);
            }
        }
    }
    (grants, holds)
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
