//! Why a transaction is what it is: its price, the grants it drew, its hold,
//! its place in the chain.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{
    Credits, Dimension, GrantId, Hash, Line, Price, Quantities, Quantity, Seq, Source, TxId,
};
use ledger::{Grant, Record, WalletId};
use store::projections::{self, HistoryFilter};
use store::{Page, Tx};

use super::{Transaction, find_row};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::holds::HoldView;

/// How many earlier transactions are read at a time.
const BACK: i64 = 256;

/// Why a transaction is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The transaction.
    pub transaction: Transaction,
    /// The price that made its amount, where quantities were used.
    pub price: Option<Arc<Price>>,
    /// What the price made of each dimension. They sum to the amount, unless
    /// that is the minimum, or as much as an over-capture could take.
    pub lines: Vec<Line>,
    /// What it took from or gave to which grants.
    pub grants: Vec<Drawn>,
    /// The hold it captured, as it left it.
    pub hold: Option<HoldView>,
    /// Its place in the journal.
    pub seq: Seq,
    /// The chain up to it.
    pub hash: Hash,
}

/// What a transaction changed of one grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The grant.
    pub id: GrantId,
    /// Where its credits came from.
    pub source: Source,
    /// Positive in, negative out, as the transaction.
    pub amount: Credits,
}

impl App {
    /// Explains a transaction.
    pub async fn explain(&self, caller: &Caller, id: TxId) -> Result<Explanation, Error> {
        let (transaction, recorded) = self.transaction_to_read(caller, id).await?;
        let record = Arc::clone(&recorded.record);
        let (price, lines) = self.price_of(&record).await?;
        let hold = match transaction.hold {
            Some(hold) => HoldView::after(self.placed(hold).await?.as_placed(), &record),
            None => None,
        };
        // Records before it that are not projected yet could be missed.
        self.ledger().projected().await?;
        let grants = self.read(move |tx| Box::pin(async move { drawn(tx, &record).await })).await?;
        Ok(Explanation {
            seq: transaction.seq,
            transaction,
            price,
            lines,
            grants,
            hold,
            hash: recorded.hash,
        })
    }

    /// The price a record names, and what it makes of what was used.
    async fn price_of(&self, record: &Record) -> Result<(Option<Arc<Price>>, Vec<Line>), Error> {
        let usage = &record.usage;
        let nothing = (None, Vec::new());
        let (Some(service), Some(version)) = (&usage.service, usage.price_version) else {
            return Ok(nothing);
        };
        if usage.quantities.is_empty() {
            return Ok(nothing);
        }
        let Some(price) = self.price_version(service, version).await? else { return Ok(nothing) };
        let used = usage.quantities.iter().filter_map(|(dimension, millionths)| {
            let dimension = Dimension::parse(dimension.as_str()).ok()?;
            Some((dimension, Quantity::from_millionths(*millionths)?))
        });
        let quantities = Quantities::parse(used).map_err(Error::internal)?;
        let lines = price.of(&quantities).map_err(Error::internal)?.lines;
        Ok((Some(price), lines))
    }
}

/// What a record changed of each grant: what remains of it behind the record,
/// less what remained before.
async fn drawn(tx: &mut Tx, record: &Record) -> Result<Vec<Drawn>, Error> {
    let before = remaining_before(tx, record).await?;
    let mut drawn = Vec::new();
    for change in &record.grants {
        let before = before.get(&change.id).copied().unwrap_or(Credits::ZERO);
        let amount = change.state.remaining.checked_sub(before);
        let amount = amount.ok_or_else(|| Error::internal("a grant's change overflows"))?;
        if amount == Credits::ZERO {
            continue;
        }
        let source = match &change.made {
            Some(terms) => terms.source,
            None => grant(tx, change.id).await?.terms.source,
        };
        drawn.push(Drawn { id: change.id, source, amount });
    }
    Ok(drawn)
}

async fn grant(tx: &mut Tx, id: GrantId) -> Result<Grant, Error> {
    let grant = projections::find_grant(tx, id).await?;
    grant.ok_or_else(|| Error::internal(format!("{id} is not there")))
}

/// What remained of the grants before a record changed them.
///
/// Only transactions change what remains, so the wallet's earlier ones tell,
/// the nearest first. A grant that none of them has is whole. The last grant
/// in question is what the others leave of the amount.
async fn remaining_before(
    tx: &mut Tx,
    record: &Record,
) -> Result<BTreeMap<GrantId, Credits>, Error> {
    let mut before = BTreeMap::new();
    let mut asked: Vec<GrantId> = Vec::new();
    for change in record.grants.iter().filter(|change| change.made.is_none()) {
        asked.push(change.id);
    }
    let (Some(wallet), Some(after)) = (record.wallet, record.after) else { return Ok(before) };
    let mut place = after.account_seq;
    while asked.len() > 1 && place > 1 {
        for earlier in earlier(tx, wallet, place).await? {
            for change in &earlier.grants {
                if let Some(found) = asked.iter().position(|id| *id == change.id) {
                    asked.swap_remove(found);
                    before.insert(change.id, change.state.remaining);
                }
            }
            place = earlier.after.map_or(1, |after| after.account_seq);
            if asked.len() <= 1 || place <= 1 {
                break;
            }
        }
    }
    if let Some(last) = asked.first() {
        before.insert(*last, rest(record, *last, &before)?);
    }
    Ok(before)
}

/// What the others leave of the amount to the last grant in question.
fn rest(
    record: &Record,
    last: GrantId,
    before: &BTreeMap<GrantId, Credits>,
) -> Result<Credits, Error> {
    let overflow = || Error::internal("a grant's change overflows");
    let mut rest = record.amount().unwrap_or(Credits::ZERO);
    let mut remaining = Credits::ZERO;
    for change in &record.grants {
        if change.id == last {
            remaining = change.state.remaining;
            continue;
        }
        let was = before.get(&change.id).copied().unwrap_or(Credits::ZERO);
        let changed = change.state.remaining.checked_sub(was).ok_or_else(overflow)?;
        rest = rest.checked_sub(changed).ok_or_else(overflow)?;
    }
    remaining.checked_sub(rest).ok_or_else(overflow)
}

/// The wallet's transactions before a place, the nearest first, some of them.
async fn earlier(tx: &mut Tx, wallet: WalletId, place: i64) -> Result<Vec<Record>, Error> {
    let all = projections::count_history(tx, wallet, HistoryFilter::default()).await?;
    // A list is newest first: what is at the place and later is skipped.
    let offset = all.saturating_sub(place).saturating_add(1);
    let page = Page { limit: BACK, offset };
    let rows = projections::list_history(tx, wallet, HistoryFilter::default(), page).await?;
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        records.push(find_row(tx, row.seq).await?.record);
    }
    if records.is_empty() {
        return Err(Error::internal("history has a gap"));
    }
    Ok(records)
}
