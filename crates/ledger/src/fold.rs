//! Fold: the change a record makes, from the record alone. No rule lives here.

use crate::grant::{Grant, GrantChange};
use crate::hold::{Hold, HoldChange};
use crate::id::{Seq, WalletId};
use crate::invariant::{Broken, check_balances};
use crate::overlay::Overlay;
use crate::record::{Balances, Event, Record};
use crate::wallet::Wallet;
use crate::working::Read;

/// Makes a record's change. A row that has the record already, because it was
/// loaded after it was projected, is left as it is.
pub(crate) fn fold(state: &mut Overlay<'_>, record: &Record) -> Result<(), Broken> {
    if let Some((id, entry)) = record.key_entry() {
        state.put_key(id, entry);
    }
    match &record.event {
        Event::Open { owner, unit } => {
            let id = WalletId::from_number(record.seq.number());
            if state.wallet(id).is_none() {
                state.put_wallet(Wallet::empty(id, *owner, unit.clone(), record.at));
            }
        }
        Event::Refund { of, refunded } => state.put_refunded(*of, *refunded, record.seq),
        _ => {}
    }
    let (Some(id), Some(after)) = (record.wallet, record.after) else { return Ok(()) };
    for change in &record.holds {
        fold_hold(state, id, record.seq, change)?;
    }
    for change in &record.grants {
        fold_grant(state, id, record.seq, change)?;
    }
    fold_wallet(state, id, record.seq, after)
}

fn fold_wallet(
    state: &mut Overlay<'_>,
    id: WalletId,
    seq: Seq,
    after: Balances,
) -> Result<(), Broken> {
    let wallet = state.wallet_mut(id).ok_or(Broken("a record names a wallet that is not there"))?;
    if wallet.seq < seq {
        wallet.balances = after;
        wallet.seq = seq;
    }
    check_balances(&wallet.balances)
}

fn fold_grant(
    state: &mut Overlay<'_>,
    wallet: WalletId,
    seq: Seq,
    change: &GrantChange,
) -> Result<(), Broken> {
    let known = find_grant(state, wallet, change);
    let (terms, known_seq) = match (&change.made, known) {
        (_, Some(grant)) => (grant.terms.clone(), grant.seq),
        (Some(terms), None) => (terms.clone(), Seq::ZERO),
        (None, None) => return Err(Broken("a record changes a grant that is not there")),
    };
    if known_seq >= seq {
        return Ok(());
    }
    let grant = Grant { id: change.id, wallet, terms, state: change.state.clone(), seq };
    if !grant.state.remaining.is_positive() {
        state.put_closed_grant(grant.clone());
    }
    let home = state.wallet_mut(wallet).ok_or(Broken("a grant's wallet is not there"))?;
    home.put_grant(grant);
    Ok(())
}

fn find_grant(state: &Overlay<'_>, wallet: WalletId, change: &GrantChange) -> Option<Grant> {
    let open = state.wallet(wallet).and_then(|home| home.grant(change.id));
    open.or_else(|| state.closed_grant(change.id)).cloned()
}

fn fold_hold(
    state: &mut Overlay<'_>,
    wallet: WalletId,
    seq: Seq,
    change: &HoldChange,
) -> Result<(), Broken> {
    let open = state.wallet(wallet).and_then(|home| home.hold(change.id));
    let known = open.or_else(|| state.closed_hold(change.id)).cloned();
    let (terms, known_seq) = match (&change.made, known) {
        (_, Some(hold)) => (hold.terms, hold.seq),
        (Some(terms), None) => (terms.clone(), Seq::ZERO),
        (None, None) => return Err(Broken("a record changes a hold that is not there")),
    };
    if known_seq >= seq {
        return Ok(());
    }
    let hold = Hold { id: change.id, wallet, terms, state: change.state.clone(), seq };
    if !hold.is_open() {
        state.put_closed_hold(hold.clone());
    }
    let home = state.wallet_mut(wallet).ok_or(Broken("a hold's wallet is not there"))?;
    home.put_hold(hold);
    Ok(())
}

/// The record that makes a book, folded into an empty state.
pub fn genesis(state: &mut Overlay<'_>, at: crate::time::Time, event: Event) -> Result<(), Broken> {
    let fits = matches!(event, Event::Genesis { .. }) && state.head().seq == Seq::ZERO;
    if !fits {
        return Err(Broken("a book begins with one genesis"));
    }
    let record = Record {
        seq: state.head().seq.next(),
        at,
        event,
        wallet: None,
        after: None,
        posting: None,
        effective_at: None,
        occurred_at: None,
        subject: None,
        actor: crate::actor::Actor::System,
        grants: Vec::new(),
        holds: Vec::new(),
        cost: None,
        reference: None,
        usage: crate::record::Usage::default(),
        job: None,
        labels: Vec::new(),
        request: None,
        key: None,
        words: None,
    };
    state.emit(record, None).map(drop)
}
