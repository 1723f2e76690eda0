//! A wallet's figures and the posting behind them: what the kind of a record
//! lets it move, and how the figures follow.

use super::{Seen, demand};
use crate::account::Account;
use crate::credits::Credits;
use crate::record::{Balances, Kind, Posting};

/// L1 and L3: the figures follow from the posting and from nothing else.
pub(super) fn check(seen: &Seen<'_>) -> Result<(), &'static str> {
    check_posting(seen)?;
    let (before, after) = (&seen.wallet.balances, seen.after);
    let moved = seen.record.amount();
    let posted = before.posted.checked_add(moved.unwrap_or(Credits::ZERO));
    demand(posted == Some(after.posted), "posted does not follow from its posting (L1)")?;
    let counted = before.account_seq.checked_add(i64::from(moved.is_some()));
    demand(counted == Some(after.account_seq), "account_seq is not dense (L3)")?;
    demand(debt(seen, before) == Some(after.debt), "debt does not follow from its posting (L1)")?;
    let kept = before.status == after.status || seen.kind == Kind::SetStatus;
    demand(kept, "it changes the wallet's status")
}

/// What a wallet owes after a record.
fn debt(seen: &Seen<'_>, before: &Balances) -> Option<Credits> {
    let amount = seen.record.posting.as_ref().map_or(Credits::ZERO, |posting| posting.amount);
    match seen.kind {
        Kind::Owe => before.debt.checked_add(amount),
        Kind::Repay => before.debt.checked_sub(amount),
        _ => Some(before.debt),
    }
}

/// L1: each kind has its own two accounts.
fn check_posting(seen: &Seen<'_>) -> Result<(), &'static str> {
    let posting = seen.record.posting.as_ref();
    let Some((debit, credit)) = accounts(seen) else {
        return demand(posting.is_none(), "it moves credits, which its kind does not (L1)");
    };
    match posting {
        None => {
            demand(seen.kind == Kind::Clawback, "it moves no credits, which its kind does (L1)")
        }
        Some(Posting { debit: left, credit: entered, amount }) => {
            let fits = *left == debit && *entered == credit && amount.is_positive();
            demand(fits, "its accounts are not those of its kind (L1)")
        }
    }
}

/// The accounts a kind of record debits and credits.
fn accounts(seen: &Seen<'_>) -> Option<(Account, Account)> {
    let wallet = Account::Wallet(seen.wallet.id);
    let record = seen.record;
    Some(match seen.kind {
        Kind::Grant | Kind::Refund => {
            let made = record.grants.first().and_then(|change| change.made.as_ref())?;
            (Account::Issuance(made.source), wallet)
        }
        Kind::Spend | Kind::Capture => (wallet, Account::Revenue(record.usage.service.clone())),
        Kind::Expire => (wallet, Account::Expired),
        Kind::Remove => (wallet, Account::Adjustment),
        Kind::Clawback => (wallet, Account::Clawback),
        Kind::Repay => (wallet, Account::Debt),
        Kind::Owe => (Account::Debt, Account::Clawback),
        _ => return None,
    })
}
