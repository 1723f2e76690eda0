//! What consecutive records add to the figures. This module must not know how
//! figures are stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Credits, Event, Owner, Status, Time, TransactionType, WalletId, instant};
use ledger::Record;
use store::figures::{Figures, Month, MonthOf, Move, Opened};

/// A minute, in microseconds.
const MINUTE: i64 = 60 * Time::SECOND;

/// How many minutes are kept: an hour more than are shown.
const MINUTES_KEPT: i64 = 25 * 60;

/// How many minutes a day has.
const DAY: i64 = 24 * 60;

/// What records add.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) opened: Vec<Opened>,
    /// In their order; a wallet may be there twice.
    pub(super) statuses: Vec<(WalletId, Status)>,
    /// The last one of each wallet.
    pub(super) moves: BTreeMap<WalletId, Move>,
    pub(super) months: BTreeMap<MonthOf, Month>,
    pub(super) minutes: BTreeMap<i64, i64>,
    /// Minutes before this one are forgotten.
    pub(super) forgotten: i64,
    /// What all wallets together have more, in micro-credits.
    credits: i128,
    /// How many wallets more have something.
    with_credits: i64,
}

/// A transaction of a wallet.
#[derive(Clone, Copy)]
struct Moved {
    wallet: WalletId,
    amount: Credits,
    left: Move,
}

impl Batch {
    /// What these add.
    pub(super) fn of(records: &[Arc<Record>]) -> Self {
        let mut batch = Self::default();
        for record in records {
            batch.take(record);
            batch.forgotten = minute(record.at).saturating_sub(MINUTES_KEPT);
        }
        batch
    }

    fn take(&mut self, record: &Record) {
        let Some(wallet) = record.wallet else { return };
        if let Event::Open { owner: Owner::User(user), .. } = record.event {
            self.opened.push(Opened { wallet, user, seq: record.seq });
        }
        let Some(after) = record.after else { return };
        if matches!(record.event, Event::SetStatus) {
            self.statuses.push((wallet, after.status));
        }
        if let (Some(amount), Some(kind)) = (record.amount(), TransactionType::of(record)) {
            let left = Move { posted: after.posted, at: record.at, seq: record.seq };
            self.move_in(kind, Moved { wallet, amount, left });
        }
    }

    fn move_in(&mut self, kind: TransactionType, moved: Moved) {
        let Moved { wallet, amount, left } = moved;
        let had = left.posted.checked_sub(amount).is_some_and(Credits::is_positive);
        let has = left.posted.is_positive();
        let more = i64::from(has).saturating_sub(i64::from(had));
        self.with_credits = self.with_credits.saturating_add(more);
        self.credits = self.credits.saturating_add(i128::from(amount.micros()));
        self.moves.insert(wallet, left);
        let of = MonthOf { wallet, month: instant::month_of(left.at) };
        add(self.months.entry(of).or_default(), kind, amount);
        let transactions = self.minutes.entry(minute(left.at)).or_default();
        *transactions = transactions.saturating_add(1);
    }

    /// Adds what concerns the whole book, but for statuses.
    pub(super) fn add_to(&self, book: &mut Figures) {
        let opened = i64::try_from(self.opened.len()).unwrap_or(i64::MAX);
        book.wallets = book.wallets.saturating_add(opened);
        book.with_credits = book.with_credits.saturating_add(self.with_credits);
        book.credits = book.credits.saturating_add(self.credits);
    }
}

/// Adds a transaction to its month.
fn add(month: &mut Month, kind: TransactionType, amount: Credits) {
    let sum = match kind {
        _ if amount.is_positive() => &mut month.added,
        TransactionType::Service => &mut month.spent,
        _ => &mut month.removed,
    };
    sum.add(Credits::from_micros(amount.micros().saturating_abs()));
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
