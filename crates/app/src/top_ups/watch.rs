//! The consumer that sees balances fall, and arms a job for each that is below.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Balances, Credits, WalletId};
use ledger::Record;
use store::{Error, Priority, Tx, Work, top_ups};

use crate::consumer::{Consumer, Parts, Records};
use crate::jobs;

/// Looks at every record, and once for all of a batch at who wants to be looked after.
pub(crate) struct Watch;

impl Consumer for Watch {
    const NAME: &'static str = "top_ups";
    // It writes rows that edits write: they take turns.
    const PRIORITY: Priority = Priority::Edit;

    type Part = Records;

    fn parts(&self, step: Records, _: i64) -> Parts<Records> {
        Parts::whole(step)
    }

    fn consume<'t>(&'t self, tx: &'t mut Tx, records: &'t Records) -> Work<'t, (), Error> {
        Box::pin(async move {
            let Some(at) = records.last().map(|record| record.at) else { return Ok(()) };
            let Some(highest) = tx.one(top_ups::highest()).await? else { return Ok(()) };
            let mut left = left(records);
            left.retain(|_, left| *left < highest);
            let wallets: Vec<_> = left.keys().copied().collect();
            for wallets in wallets.chunks(top_ups::WATCHED_MAX) {
                for one in tx.all(top_ups::watched(wallets, at)).await? {
                    if left.get(&one.wallet_id).is_some_and(|left| *left < one.threshold) {
                        store::jobs::arm(tx, &jobs::top_up(one.user_id, at)).await?;
                    }
                }
            }
            Ok(())
        })
    }
}

/// What each wallet could spend behind its last record. Who was given something for
/// later is looked at closely: it would count here, and can't be spent.
fn left(records: &[Arc<Record>]) -> BTreeMap<WalletId, Credits> {
    let mut left = BTreeMap::new();
    for record in records {
        let (Some(wallet), Some(after)) = (record.wallet, record.after) else { continue };
        let mut made = record.grants.iter().filter_map(|grant| grant.made.as_ref());
        let gives_later = made.any(|made| made.effective_at > record.at);
        left.insert(wallet, if gives_later { Credits::ZERO } else { free(&after) });
    }
    left
}

fn free(after: &Balances) -> Credits {
    if after.debt.is_positive() {
        return Credits::ZERO;
    }
    let reserved = after.held.checked_add(after.frozen);
    let free = reserved.and_then(|reserved| after.posted.checked_sub(reserved));
    free.unwrap_or(Credits::ZERO)
}
