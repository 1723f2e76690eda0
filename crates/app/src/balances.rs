//! Balances: what a user has, now or at a past instant.

use domain::{Credits, Scope, Seq, Status, Time, UserId};
use store::projections::{self, HistoryFilter, HistoryRow};
use store::{Page, Tx};

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::ledger::WalletRead;
use crate::subscriptions::SubscriptionView;
use crate::transactions::find_row;
use crate::wallets::{Holder, Whose};

/// How many transactions behind an instant are looked at together.
const AHEAD: i64 = 64;

/// A balance that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceRequest {
    /// Whose.
    pub whose: Whose,
    /// At which past instant; now where nothing is said.
    pub at: Option<Time>,
    /// Not before this record: waits for it, 2 s at most.
    pub min_seq: Option<Seq>,
}

/// What a user has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceView {
    /// Who.
    pub user: UserId,
    /// All credits they have.
    pub current: Credits,
    /// What is known of the present alone; `None` of a past instant.
    pub present: Option<Present>,
    /// Their subscription, now.
    pub subscription: Option<SubscriptionView>,
    /// The last record it is made from: all of the journal now; the last
    /// transaction at a past instant, 0 before the first.
    pub as_of_seq: Seq,
    /// The instant.
    pub at: Time,
}

/// How a user's credits stand now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Present {
    /// What the wallet may do.
    pub status: Status,
    /// What may be spent.
    pub available: Credits,
    /// Reserved by holds.
    pub held: Credits,
    /// Kept back while a chargeback is open.
    pub frozen: Credits,
    /// Owed.
    pub debt: Credits,
    /// What expires next.
    pub expiring_next: Option<Expiring>,
}

/// Credits that expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// How many that no hold reserves.
    pub amount: Credits,
    /// When.
    pub at: Time,
}

impl App {
    /// What a user has.
    pub async fn balance(
        &self,
        caller: &Caller,
        request: BalanceRequest,
    ) -> Result<BalanceView, Error> {
        let holder = self.holder(caller, Scope::CreditsRead, &request.whose).await?;
        if let Some(seq) = request.min_seq {
            self.ledger().wait_for(seq).await?;
        }
        let Some(at) = request.at else {
            let (read, subscription) = self.find_current(holder).await?;
            return Ok(BalanceView { subscription, ..present(holder.user, &read) });
        };
        let read = self.ledger().wallet(holder.wallet).await?;
        if at > read.now {
            return Err(Error::invalid("/at", "lies in the future"));
        }
        self.past_balance(holder, at).await
    }

    /// The balance behind the last transaction that had taken effect.
    async fn past_balance(&self, holder: Holder, at: Time) -> Result<BalanceView, Error> {
        self.ledger().projected().await?;
        let (as_of_seq, current) =
            self.read(move |tx| Box::pin(async move { balance_at(tx, holder, at).await })).await?;
        Ok(BalanceView {
            user: holder.user,
            current,
            present: None,
            subscription: None,
            as_of_seq,
            at,
        })
    }
}

fn present(user: UserId, read: &WalletRead) -> BalanceView {
    let WalletRead { wallet, as_of, now } = read;
    let expiring = |grant: &ledger::Grant| {
        Some(Expiring { amount: grant.unheld(), at: grant.state.expires_at? })
    };
    let balances = &wallet.balances;
    BalanceView {
        user,
        current: balances.posted,
        present: Some(Present {
            status: balances.status,
            available: wallet.available(*now),
            held: balances.held,
            frozen: balances.frozen,
            debt: balances.debt,
            expiring_next: wallet.expiring_next().and_then(expiring),
        }),
        subscription: None,
        as_of_seq: *as_of,
        at: *now,
    }
}

/// A transaction counts from when it took effect: credits were gone at their
/// expiry, though it is recorded when the wallet is next touched. What was due
/// is recorded before anything later, so such records follow each other.
async fn balance_at(tx: &mut Tx, holder: Holder, at: Time) -> Result<(Seq, Credits), Error> {
    let mut last = projections::find_history_at(tx, holder.wallet, at).await?;
    let mut balance = match last {
        Some(row) => behind(tx, row).await?.1,
        None => Credits::ZERO,
    };
    loop {
        let place = last.map_or(0, |row| row.account_seq);
        let next = after(tx, holder, place).await?;
        if next.is_empty() {
            break;
        }
        for row in next {
            let (effective, posted) = behind(tx, row).await?;
            if effective > at {
                return Ok((last.map_or(Seq::ZERO, |row| row.seq), balance));
            }
            (last, balance) = (Some(row), posted);
        }
    }
    Ok((last.map_or(Seq::ZERO, |row| row.seq), balance))
}

/// When a transaction took effect, and the balance behind it.
async fn behind(tx: &mut Tx, row: HistoryRow) -> Result<(Time, Credits), Error> {
    let record = find_row(tx, row.seq).await?.record;
    let after = record.after.ok_or_else(|| Error::internal("a transaction has no balance"))?;
    Ok((record.effective_at.unwrap_or(record.at), after.posted))
}

/// The transactions behind a place, oldest first, some of them.
async fn after(tx: &mut Tx, holder: Holder, place: i64) -> Result<Vec<HistoryRow>, Error> {
    let all = projections::count_history(tx, holder.wallet, HistoryFilter::default()).await?;
    let count = all.saturating_sub(place).clamp(0, AHEAD);
    let offset = all.saturating_sub(place).saturating_sub(count);
    let page = Page { limit: count, offset };
    let filter = HistoryFilter::default();
    let mut rows = projections::list_history(tx, holder.wallet, filter, page).await?;
    rows.reverse();
    Ok(rows)
}
