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
mod parts;

use std::sync::Arc;
use std::time::Duration;

use domain::{Status, WalletId};
use ledger::Record;
use store::{Db, Error, Tx, Work, figures};

use crate::App;
use crate::consumer::{Consumer, Parts, Records, STEP_MAX};
pub use batch::Batch;
use batch::Book;
pub(crate) use batch::a_day_before;
use parts::Cut;

/// Wallets of a part, each with two rows where it moved in one month: about a millisecond
/// of a file's one writer.
const WALLETS: usize = 128;
/// The same on a server, where nobody waits for a part, but appends have as many cores as it
/// leaves them: some ten milliseconds of one.
const WALLETS_ON_SERVER: usize = 1_024;
/// The most parts of a step: whoever reads behind their own write waits for all. A part has
/// no more wallets than 1 024 then.
const PARTS_MAX: usize = 64;

/// Counts records into the figures.
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    /// Of how many wallets a part has the records.
    pub wallets: usize,
}

impl Counter {
    /// As large as the engine's are.
    pub fn on(db: &Db) -> Self {
        Self { wallets: if db.is_shared() { WALLETS_ON_SERVER } else { WALLETS } }
    }
}

impl Consumer for Counter {
    const NAME: &'static str = "figures";
    /// The more it takes, the oftener a row that many records change, and a page that many
    /// rows are on, is written once.
    const BATCH_MAX: i64 = STEP_MAX;
    const PATIENCE: Duration = Duration::from_millis(2_400);

    type Part = Batch;

    /// Wallet by wallet, so that a part has its pages to itself.
    fn parts(&self, step: Records, done: i64) -> Parts<Batch> {
        let place = |record: &&Record| record.wallet.map_or(i64::MAX, WalletId::number);
        let records = step.iter().map(Arc::as_ref).collect();
        let how = Cut { done, places: self.wallets, parts: PARTS_MAX };
        let cut = parts::cut(records, place, how).into_iter();
        let mut before: Vec<_> = cut.map(|(at, part)| (at, Batch::of(&part))).collect();
        let (_, last) = before.pop().unwrap_or_default();
        Parts { before, last: Batch { ends: Some(Book::of(&step)), ..last } }
    }

    fn consume<'t>(&'t self, tx: &'t mut Tx, part: &'t Batch) -> Work<'t, (), Error> {
        Box::pin(count(tx, part))
    }
}

/// Writes what a part adds to the figures: the rows of its wallets and how many stand how,
/// and at the end of a step the credits of all.
async fn count(tx: &mut Tx, batch: &Batch) -> Result<(), Error> {
    let before = figures::find(tx).await?;
    let mut book = before;
    figures::open_all(tx, &batch.opened).await?;
    let opened = i64::try_from(batch.opened.len()).unwrap_or(i64::MAX);
    book.wallets = book.wallets.saturating_add(opened);
    for (wallet, status) in &batch.statuses {
        set_status(tx, &mut book, *wallet, *status).await?;
    }
    let moves: Vec<_> = batch.moves.iter().map(|(wallet, left)| (*wallet, *left)).collect();
    figures::move_all(tx, &moves).await?;
    figures::add(tx, batch.months.clone()).await?;
    if let Some(ends) = &batch.ends {
        book.with_credits = book.with_credits.saturating_add(ends.with_credits);
        book.credits = book.credits.saturating_add(ends.credits);
        let minutes: Vec<_> = ends.minutes.iter().map(|(at, count)| (*at, *count)).collect();
        figures::pass(tx, &minutes).await?;
        // However many there were.
        tx.exec(figures::forget_before(ends.forgotten)).await?.rows();
    }
    if batch.ends.is_some() || book != before {
        figures::put(tx, &book).await?;
    }
    Ok(())
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
