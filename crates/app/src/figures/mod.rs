//! The figures of summaries and lists, kept by a consumer of the journal.
//!
//! ```text
//! journal ─► figures ─► standings  a row a wallet: what is in it, how it stands
//!                    ├► months     what a wallet moved in a month of UTC
//!                    ├► minutes    transactions of the last 25 hours
//!                    └► figures    a row for the book
//! ```
//!
//! A record belongs to the month and the minute it was recorded in, which is its
//! `at`: credits that expired at midnight while nobody looked count when they were
//! settled. Of a month three sums are kept: what came in, whatever from; what was
//! spent on services, by spend or capture; and what went otherwise, by an expiry,
//! an admin, a clawback or to a debt. The first less the others is the month's
//! change of the balance.

mod batch;

use std::sync::Arc;

use domain::{Status, WalletId};
use ledger::Record;
use store::{Error, Tx, Work, figures};

use crate::App;
use crate::consumer::Consumer;
use batch::Batch;
pub(crate) use batch::a_day_before;

/// Counts records into the figures.
pub struct Counter;

impl Consumer for Counter {
    const NAME: &'static str = "figures";
    /// Up to two rows a record: about 5 ms of the writer. Wallets are spent from in no
    /// order, so with ten thousand of them every batch writes nearly all their pages.
    const BATCH_MAX: i64 = 1_024;
    /// The more it takes, the oftener a row that many records change is written once.
    const BATCH_MAX_ON_SERVER: i64 = 65_536;

    fn consume<'t>(&'t self, tx: &'t mut Tx, records: &'t [Arc<Record>]) -> Work<'t, (), Error> {
        Box::pin(count(tx, Batch::of(records)))
    }
}

/// Writes what a batch adds to the figures.
async fn count(tx: &mut Tx, batch: Batch) -> Result<(), Error> {
    let mut book = figures::find(tx).await?;
    batch.add_to(&mut book);
    figures::open_all(tx, &batch.opened).await?;
    for (wallet, status) in &batch.statuses {
        set_status(tx, &mut book, *wallet, *status).await?;
    }
    let moves: Vec<_> = batch.moves.into_iter().collect();
    figures::move_all(tx, &moves).await?;
    figures::add(tx, batch.months).await?;
    let minutes: Vec<_> = batch.minutes.into_iter().collect();
    figures::pass(tx, &minutes).await?;
    // However many there were.
    tx.exec(figures::forget_before(batch.forgotten)).await?.rows();
    figures::put(tx, &book).await
}

/// Which status a wallet had before is only in its row.
async fn set_status(
    tx: &mut Tx,
    book: &mut figures::Figures,
    wallet: WalletId,
    status: Status,
) -> Result<(), Error> {
    let before = figures::find_standing(tx, wallet).await?.map(|standing| standing.status);
    for (one, change) in [(before, -1), (Some(status), 1)] {
        match one {
            Some(Status::Paused) => book.paused = book.paused.saturating_add(change),
            Some(Status::Suspended) => book.suspended = book.suspended.saturating_add(change),
            Some(Status::Active) | None => {}
        }
    }
    tx.exec(figures::set_status(wallet, status)).await?.expect_one()
}

impl App {
    /// Waits until the figures have what the journal has now: a read behind it
    /// shows the caller's own writes.
    pub(crate) async fn counted(&self) -> Result<(), crate::Error> {
        let head = self.ledger().head().seq;
        Ok(self.parts.figures.reach(head).await?)
    }
}
