//! Listing and reading transactions.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use domain::{Scope, Seq, SubscriptionId, Time, TransactionType, TxId, UserId};
use ledger::{Record, Wallet};
use store::projections::{self, HistoryFilter};
use store::{Tx, journal, words};

use super::Transaction;
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::ledger::Recorded;
use crate::page::{Listed, Page};
use crate::subscriptions::SubscriptionView;
use crate::wallets::{Holder, Whose};

/// Which transactions are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransactionFilter {
    /// Only those of this type.
    pub transaction_type: Option<TransactionType>,
    /// Not before this instant.
    pub from: Option<Time>,
    /// Not after this instant.
    pub to: Option<Time>,
}

/// A record of the journal with its words.
pub(crate) struct Row {
    pub(crate) record: Record,
    pub(crate) words: Option<String>,
}

impl App {
    /// Transactions, newest first.
    pub async fn list_transactions(
        &self,
        caller: &Caller,
        whose: Whose,
        filter: TransactionFilter,
        page: Page,
    ) -> Result<Listed<Transaction>, Error> {
        let Holder { user, wallet } = self.holder(caller, Scope::CreditsRead, &whose).await?;
        // What is due is settled first, so that an expiry is in the list.
        let held = self.ledger().wallet(wallet).await?.wallet;
        self.ledger().projected().await?;
        let TransactionFilter { transaction_type, from, to } = filter;
        let filter = HistoryFilter { kind: transaction_type, from, until: to };
        let (total, items) = self
            .read(move |tx| {
                Box::pin(async move {
                    let total = projections::count_history(tx, wallet, filter).await?;
                    let places = projections::list_history(tx, wallet, filter, page.rows()).await?;
                    let mut items = Vec::with_capacity(places.len());
                    let mut causes = BTreeMap::new();
                    for place in places {
                        let Row { record, words } = find_row(tx, place.seq).await?;
                        let item = Transaction::of(user, &record, words.as_deref());
                        let mut item = item.ok_or_else(|| {
                            Error::internal("history names what is no transaction")
                        })?;
                        item.caused_by = cause(tx, &mut causes, (item.subscription, &held)).await?;
                        items.push(item);
                    }
                    Ok((total, items))
                })
            })
            .await?;
        Ok(Listed { items, total, page })
    }

    /// The transaction at a place of the journal where there is one.
    pub(crate) async fn transaction_at(
        &self,
        user: UserId,
        seq: Option<Seq>,
    ) -> Result<Transaction, Error> {
        let seq = seq.ok_or_else(|| Error::internal("what is done has no record"))?;
        let recorded = self.ledger().record(seq).await?;
        let shown = recorded.and_then(|recorded| {
            Transaction::of(user, &recorded.record, recorded.words.as_deref())
        });
        shown.ok_or_else(|| Error::internal("the record of what is done is not there"))
    }

    /// A transaction.
    pub async fn get_transaction(&self, caller: &Caller, id: TxId) -> Result<Transaction, Error> {
        self.transaction_to_read(caller, id).await.map(|(transaction, _)| transaction)
    }

    /// A transaction the caller may read, with its record.
    pub(super) async fn transaction_to_read(
        &self,
        caller: &Caller,
        id: TxId,
    ) -> Result<(Transaction, Recorded), Error> {
        let recorded = self.ledger().record(id.0).await?.ok_or(Error::NotFound)?;
        let wallet = recorded.record.wallet.ok_or(Error::NotFound)?;
        let user = self.owner_of(wallet).await?;
        if !caller.may(Scope::CreditsRead, user) {
            return Err(Error::NotFound);
        }
        let transaction = Transaction::of(user, &recorded.record, recorded.words.as_deref());
        let mut transaction = transaction.ok_or(Error::NotFound)?;
        if let Some(id) = transaction.subscription {
            transaction.caused_by = Some(Box::new(self.view_of(id).await?));
        }
        Ok((transaction, recorded))
    }
}

/// The subscription that is the cause of a transaction, looked up once for a list.
async fn cause(
    tx: &mut Tx,
    known: &mut BTreeMap<SubscriptionId, SubscriptionView>,
    (id, wallet): (Option<SubscriptionId>, &Arc<Wallet>),
) -> Result<Option<Box<SubscriptionView>>, Error> {
    let Some(id) = id else { return Ok(None) };
    let view = match known.entry(id) {
        Entry::Occupied(known) => known.get().clone(),
        Entry::Vacant(new) => new.insert(SubscriptionView::find(tx, id, wallet).await?).clone(),
    };
    Ok(Some(Box::new(view)))
}

/// The record at a place that something names.
pub(crate) async fn find_row(tx: &mut Tx, seq: Seq) -> Result<Row, Error> {
    let row = journal::find(tx, seq).await?;
    let row = row.ok_or_else(|| Error::internal(format!("record {seq} is not there")))?;
    let record = ledger::decode(&row.body).map_err(Error::internal)?;
    let words = match record.words {
        Some(_) => words::find(tx, seq).await?.map(|words| words.text),
        None => None,
    };
    Ok(Row { record, words })
}
