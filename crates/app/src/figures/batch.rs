//! What consecutive records add to the figures. This module must not know how
//! figures are stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Credits, Event, Owner, Status, Time, TransactionType, WalletId, instant};
use ledger::Record;
use store::figures::{Month, MonthOf, Move, Opened};

/// A minute, in microseconds.
const MINUTE: i64 = 60 * Time::SECOND;

/// How many minutes are kept: an hour more than are shown.
const MINUTES_KEPT: i64 = 25 * 60;

/// How many minutes a day has.
const DAY: i64 = 24 * 60;

/// What a part of a step adds.
#[derive(Debug, Default)]
pub struct Batch {
    pub(super) opened: Vec<Opened>,
    /// The last one of each wallet.
    pub(super) statuses: BTreeMap<WalletId, Status>,
    /// The last one of each wallet.
    pub(super) moves: BTreeMap<WalletId, Move>,
    pub(super) months: BTreeMap<MonthOf, Month>,
    /// What is added once for all of a step, by the part that ends it.
    pub(super) ends: Option<Book>,
}

impl Batch {
    /// What these add to the rows of their wallets.
    pub(super) fn of(records: &[&Record]) -> Self {
        let mut batch = Self::default();
        for record in records {
            batch.take(record);
        }
        batch
    }

    fn take(&mut self, record: &Record) {
        let Some(wallet) = record.wallet else { return };
        if let Event::Open { owner: Owner::User(user), .. } = record.event {
            self.opened.push(Opened { wallet, user, seq: record.seq });
        }
        if let (Event::SetStatus, Some(after)) = (&record.event, record.after) {
            self.statuses.insert(wallet, after.status);
        }
        if let Some(moved) = Moved::by(record) {
            let left = Move { posted: moved.left, at: record.at, seq: record.seq };
            self.moves.insert(wallet, left);
            let of = MonthOf { wallet, month: instant::month_of(record.at) };
            add(self.months.entry(of).or_default(), &moved);
        }
    }
}

/// What a step adds to the credits of the whole book.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) minutes: BTreeMap<i64, i64>,
    /// Minutes before this one are forgotten.
    pub(super) forgotten: i64,
    /// What all wallets together have more, in micro-credits.
    pub(super) credits: i128,
    /// How many wallets more have something.
    pub(super) with_credits: i64,
}

impl Book {
    /// What these add.
    pub(super) fn of(step: &[Arc<Record>]) -> Self {
        let mut book = Self::default();
        for record in step {
            book.take(record);
            book.forgotten = minute(record.at).saturating_sub(MINUTES_KEPT);
        }
        book.minutes = book.minutes.split_off(&book.forgotten);
        book
    }

    fn take(&mut self, record: &Record) {
        let Some(Moved { amount, left, .. }) = Moved::by(record) else { return };
        let had = left.checked_sub(amount).is_some_and(Credits::is_positive);
        let more = i64::from(left.is_positive()).saturating_sub(i64::from(had));
        self.with_credits = self.with_credits.saturating_add(more);
        self.credits = self.credits.saturating_add(i128::from(amount.micros()));
        let transactions = self.minutes.entry(minute(record.at)).or_default();
        *transactions = transactions.saturating_add(1);
    }
}

/// A transaction of a wallet.
struct Moved {
    kind: TransactionType,
    amount: Credits,
    /// What is in the wallet then.
    left: Credits,
}

impl Moved {
    fn by(record: &Record) -> Option<Self> {
        let (kind, amount) = (TransactionType::of(record)?, record.amount()?);
        Some(Self { kind, amount, left: record.after?.posted })
    }
}

/// Adds a transaction to its month.
fn add(month: &mut Month, moved: &Moved) {
    let sum = match moved.kind {
        _ if moved.amount.is_positive() => &mut month.added,
        TransactionType::Service => &mut month.spent,
        _ => &mut month.removed,
    };
    sum.add(Credits::from_micros(moved.amount.micros().saturating_abs()));
    month.transactions = month.transactions.saturating_add(1);
}

/// The minute of a time, counted from 1970.
const fn minute(at: Time) -> i64 {
    at.micros().div_euclid(MINUTE)
}

/// The minute a day before a time.
pub(crate) const fn a_day_before(at: Time) -> i64 {
    minute(at).saturating_sub(DAY)
}
