//! What the ledger and the model must agree on, and the invariants by name.

use std::collections::BTreeMap;

use ledger::{
    Account, Credits, Grant, GrantId, Head, Hold, HoldId, Read, Sealed, Seq, Turnover, Verifier,
    Working, chain, decode, encode,
};
use model::{Model, Wallet};
use proptest::prelude::{prop_assert, prop_assert_eq};

use super::run::Checked;

/// L3 and L4: places and times follow, bytes read back, hashes chain.
pub(super) fn check_sealed(mut head: Head, sealed: &[Sealed]) -> Checked {
    for Sealed { record, body, hash, words } in sealed {
        prop_assert_eq!(record.seq, head.seq.next(), "L3");
        prop_assert!(record.at > head.at, "L3");
        prop_assert!(record.effective_at.is_none_or(|instant| instant < record.at));
        prop_assert_eq!(&encode(record), body);
        let decoded = decode(body);
        prop_assert_eq!(decoded.as_ref(), Ok(&**record));
        prop_assert_eq!(chain(head.hash, body), *hash);
        prop_assert_eq!(words.as_ref().map(ledger::Words::digest), record.words);
        head = Head { seq: record.seq, hash: *hash, at: record.at };
    }
    Ok(())
}

/// A wallet of the model, of the fold and, where it is loaded, of `working`.
pub(super) fn wallet(expected: &Wallet, whole: &Working, working: &Working) -> Checked {
    let folded = whole.wallet(expected.id).expect("every wallet is folded");
    if let Some(kept) = working.wallet(expected.id) {
        prop_assert_eq!(kept, folded, "apply and fold differ");
    }
    prop_assert_eq!(folded.balances, expected.balances());
    prop_assert_eq!(folded.opened_at.micros(), expected.opened_at);
    let burning: Vec<GrantId> = expected.in_burn_order().iter().map(|grant| grant.id).collect();
    let folded_order: Vec<GrantId> = folded.grants().iter().map(|grant| grant.id).collect();
    prop_assert_eq!(folded_order, burning, "L5: the burn order");
    let open = expected.holds.iter().filter(|hold| hold.is_open()).map(|hold| hold.id);
    prop_assert_eq!(
        folded.holds().map(|hold| hold.id).collect::<Vec<_>>(),
        open.collect::<Vec<_>>()
    );
    for grant in &expected.grants {
        let found = find_grant(expected, whole, grant.id);
        let seq = found.map_or(Seq::ZERO, |found| found.seq);
        let should = grant.expected(expected.id, expected.held_of(grant), seq);
        prop_assert_eq!(found, Some(&should));
        let kept = working.closed_grant(grant.id);
        prop_assert!(kept.is_none() || kept == found, "apply and fold differ: {:?}", kept);
    }
    for hold in &expected.holds {
        let found = find_hold(expected, whole, hold.id);
        let seq = found.map_or(Seq::ZERO, |found| found.seq);
        prop_assert_eq!(found, Some(&expected.expected(hold, seq)));
        let kept = working.closed_hold(hold.id);
        prop_assert!(kept.is_none() || kept == found, "apply and fold differ: {:?}", kept);
    }
    Ok(())
}

fn find_grant<'w>(home: &Wallet, whole: &'w Working, id: GrantId) -> Option<&'w Grant> {
    let open = whole.wallet(home.id).and_then(|wallet| wallet.grant(id));
    open.or_else(|| whole.closed_grant(id))
}

fn find_hold<'w>(home: &Wallet, whole: &'w Working, id: HoldId) -> Option<&'w Hold> {
    let open = whole.wallet(home.id).and_then(|wallet| wallet.hold(id));
    open.or_else(|| whole.closed_hold(id))
}

/// L1, L2 and H1 of a wallet, said from the model's lists alone.
pub(super) fn invariants(home: &Wallet, whole: &Working, verifier: &Verifier) -> Checked {
    let remaining: i64 = home.grants.iter().map(model::Grant::remaining).sum();
    prop_assert_eq!(home.posted(), remaining, "L1: posted is what the grants hold");
    prop_assert!(home.posted() >= home.held() + home.frozen(), "L2");
    prop_assert!(home.held() >= 0 && home.frozen() >= 0 && home.debt() >= 0, "L2");
    for grant in &home.grants {
        let held = home.held_of(grant);
        let ordered = 0 <= held && held <= grant.remaining() && grant.remaining() <= grant.amount;
        prop_assert!(ordered, "L2: {:?}", grant);
    }
    let held: i64 = home.grants.iter().map(|grant| home.held_of(grant)).sum();
    prop_assert_eq!(held, home.held(), "H1: what is held of grants is what holds hold");
    for hold in &home.holds {
        let left = home.remaining(hold);
        prop_assert!(left >= 0 && home.capturable(hold) >= 0, "H1: {:?}", hold);
        prop_assert!(hold.is_open() || left == 0, "H1: {:?}", hold);
        if let Some(closed) = whole.closed_hold(hold.id) {
            prop_assert_eq!(ledger::check_closed(closed), Ok(()));
        }
    }
    prop_assert_eq!(verifier.wallet(home.id), whole.wallet(home.id).map(AsRef::as_ref));
    Ok(())
}

/// R1: what went back of a transaction is at most what it took.
pub(super) fn refunds(model: &Model, whole: &Working) -> Checked {
    for spend in &model.spends {
        let refunded: i64 = spend.refunds.iter().sum();
        prop_assert!(refunded <= spend.amount, "R1");
        let folded = whole.refunded(Seq::from_number(spend.seq));
        prop_assert_eq!(folded, Credits::from_micros(refunded), "R1");
    }
    Ok(())
}

/// L1: the trial balance, added up from the model's entries.
pub(super) fn totals(model: &Model, verifier: &Verifier) -> Checked {
    let mut lines: BTreeMap<String, Turnover> = BTreeMap::new();
    let name = |account: &Account| match account {
        Account::Wallet(_) => "wallets".to_owned(),
        system => system.to_string(),
    };
    for posting in model.entries.iter().filter_map(|entry| entry.posting.as_ref()) {
        let amount = i128::from(posting.amount.micros());
        lines.entry(name(&posting.debit)).or_default().debits += amount;
        lines.entry(name(&posting.credit)).or_default().credits += amount;
    }
    let found = verifier.totals().lines().map(|(name, line)| (name.to_owned(), *line));
    prop_assert_eq!(found.collect::<BTreeMap<_, _>>(), lines);
    prop_assert!(verifier.totals().balance(), "L1");
    Ok(())
}
