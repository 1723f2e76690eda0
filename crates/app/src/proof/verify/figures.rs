//! The figures that there must be after the records so far. Counted here a second
//! time, apart from how they are counted, so that a slip there is seen.

use std::collections::BTreeMap;

use domain::instant;
use ledger::{Credits, Event, Kind, Owner, Record, Seq, Status, Time, WalletId};
use store::cursors::Cursor;
use store::figures::{Figures, Month, MonthOf, Standing};
use store::rows;
use store::{Error, Tx, journal};

use super::compare::{Rows, compare};
use super::finding::Stop;

/// How long minutes are kept.
const KEPT: i64 = 25 * 60;

/// How many records are read at a time.
const PAGE: i64 = 1_000;

/// What the figures must be.
#[derive(Default)]
pub(super) struct Expected {
    standings: BTreeMap<WalletId, Standing>,
    months: BTreeMap<MonthOf, Month>,
    minutes: BTreeMap<i64, i64>,
    last: Option<Time>,
    /// The book where the cursor is, where a step is begun behind it.
    book: Option<Figures>,
}

impl Expected {
    /// Counts the next record, if it is counted where the cursor is.
    pub(super) fn take(&mut self, record: &Record, at: Cursor) {
        if record.seq > at.end() {
            return;
        }
        let begun = record.seq > at.seq;
        if begun {
            // A step goes wallet by wallet, and ends with the credits of all.
            self.book.get_or_insert_with(|| book(&self.standings));
        } else {
            self.last = Some(record.at);
        }
        let Some(wallet) = record.wallet else { return };
        if begun && wallet.number() > at.done() {
            return;
        }
        if let Event::Open { owner: Owner::User(user), .. } = record.event {
            let (status, posted) = (Status::Active, Credits::ZERO);
            let new = Standing { user, status, posted, last_transaction_at: None };
            self.standings.insert(wallet, new);
        }
        let (Some(standing), Some(after)) = (self.standings.get_mut(&wallet), record.after) else {
            return;
        };
        (standing.status, standing.posted) = (after.status, after.posted);
        let Some(amount) = record.amount() else { return };
        standing.last_transaction_at = Some(record.at);
        if !begun {
            *self.minutes.entry(minute(record.at)).or_default() += 1;
        }
        let of = MonthOf { wallet, month: instant::month_of(record.at) };
        let month = self.months.entry(of).or_default();
        month.transactions += 1;
        match (amount.checked_neg(), record.event.kind()) {
            (Some(out), Kind::Spend | Kind::Capture) if out.is_positive() => month.spent.add(out),
            (Some(out), _) if out.is_positive() => month.removed.add(out),
            _ => month.added.add(amount),
        }
    }

    /// Holds the tables against it.
    pub(super) async fn check(&self, tx: &mut Tx) -> Result<(), Stop> {
        let standings = self.standings.iter().map(|(wallet, one)| rows::standing(*wallet, one));
        compare(tx, &rows::STANDINGS, Box::new(standings), |_| false).await?;
        let months = self.months.iter().map(|(of, month)| rows::month(*of, month));
        compare(tx, &rows::MONTHS, Box::new(months), |_| false).await?;
        compare(tx, &rows::MINUTES, self.minutes(), |_| false).await?;
        let book = self.book().map(|book| rows::figures(&book));
        compare(tx, &rows::FIGURES, Box::new(book.into_iter()), |_| false).await
    }

    /// The minutes that are kept.
    fn minutes(&self) -> Rows<'_> {
        let first = self.last.map_or(0, |last| minute(last).saturating_sub(KEPT));
        Box::new(self.minutes.range(first..).map(|(minute, count)| rows::minute(*minute, *count)))
    }

    /// The book, where there is a row of it. How many stand how is counted with them.
    fn book(&self) -> Option<Figures> {
        let now = book(&self.standings);
        let Figures { with_credits, credits, .. } = self.book.unwrap_or(now);
        let book = Figures { with_credits, credits, ..now };
        (self.last.is_some() || book != Figures::default()).then_some(book)
    }

    /// How many rows there are in all tables.
    fn len(&self) -> usize {
        let book = usize::from(self.book().is_some());
        self.standings.len() + self.months.len() + self.minutes().count() + book
    }
}

fn book(standings: &BTreeMap<WalletId, Standing>) -> Figures {
    let mut book = Figures::default();
    for standing in standings.values() {
        book.wallets += 1;
        book.with_credits += i64::from(standing.posted.is_positive());
        book.paused += i64::from(standing.status == Status::Paused);
        book.suspended += i64::from(standing.status == Status::Suspended);
        book.credits += i128::from(standing.posted.micros());
    }
    book
}

const fn minute(at: Time) -> i64 {
    at.micros().div_euclid(60 * Time::SECOND)
}

/// How many rows there must be at a place of the journal, and whether they are
/// there.
pub(in crate::proof) async fn are_right(tx: &mut Tx, at: Cursor) -> Result<(usize, bool), Error> {
    let (mut expected, mut reached) = (Expected::default(), Seq::ZERO);
    while reached < at.end() {
        let most = at.end().number().saturating_sub(reached.number()).min(PAGE);
        let page = journal::range(tx, reached, most).await?;
        let Some(last) = page.last().map(|row| row.seq) else { return Ok((expected.len(), false)) };
        for row in page {
            // What can't be read is found by verification.
            let Ok(record) = ledger::decode(&row.body) else { return Ok((expected.len(), false)) };
            expected.take(&record, at);
        }
        reached = last;
    }
    match expected.check(tx).await {
        Ok(()) => Ok((expected.len(), true)),
        Err(Stop::Found(_)) => Ok((expected.len(), false)),
        Err(Stop::Failed(error)) => Err(error),
    }
}
