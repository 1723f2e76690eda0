//! Summaries: a user's credits and this month of theirs, and the book as a whole.

use domain::{Credits, Rate, Scope, Status, Time, UserId, instant};
use store::figures::{self, Figures, Month, MonthOf, Standing};

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::figures::a_day_before;
use crate::subscriptions::SubscriptionView;
use crate::wallets::{Holder, Whose};

/// A user's credits, and what they did with them this month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryView {
    /// Who.
    pub user: UserId,
    /// All credits they have.
    pub balance: Credits,
    /// What their wallet may do.
    pub status: Status,
    /// What was moved since the month began. Sums are in micro-credits.
    pub month: MonthView,
    /// What one credit costs them.
    pub rate: Rate,
    /// Their subscription.
    pub subscription: Option<SubscriptionView>,
}

/// What was moved in a month, in micro-credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthView {
    /// When it began.
    pub starts_at: Time,
    /// What came in.
    pub added: i128,
    /// What services cost.
    pub spent: i128,
    /// What expired, was removed, clawed back or paid to a debt.
    pub removed: i128,
    /// How the balance changed.
    pub net_change: i128,
    /// How many transactions there were.
    pub transactions: i64,
    /// The cents that what was spent cost.
    pub cents: i128,
}

/// The book as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemView {
    /// All users.
    pub users: i64,
    /// Users with more than nothing.
    pub with_credits: i64,
    /// Users whose credits are paused.
    pub paused: i64,
    /// Users who are suspended.
    pub suspended: i64,
    /// Micro-credits of all users.
    pub credits: i128,
    /// The cents those are worth.
    pub cents: i128,
    /// Transactions in the last 24 hours, to the minute.
    pub recent_transactions: i64,
    /// What one credit costs.
    pub rate: Rate,
}

impl App {
    /// A user's credits, and this month of theirs.
    pub async fn summary(&self, caller: &Caller, whose: Whose) -> Result<SummaryView, Error> {
        let holder = self.holder(caller, Scope::CreditsRead, &whose).await?;
        let Holder { user, wallet } = holder;
        // What is due is settled first, so that an expiry counts.
        let (read, subscription) = self.find_current(holder).await?;
        let now = read.now;
        self.counted().await?;
        let of = MonthOf { wallet, month: instant::month_of(now) };
        let (standing, month) = self
            .read(move |tx| {
                Box::pin(async move {
                    let standing = figures::find_standing(tx, wallet).await?;
                    Ok((standing, figures::find_month(tx, of).await?))
                })
            })
            .await?;
        let standing = standing.ok_or_else(|| Error::internal("a wallet was not counted"))?;
        let Standing { posted: balance, status, .. } = standing;
        let rate = self.credit_rate(Some(user)).await?;
        let month = month_view(of.month, month, rate)?;
        Ok(SummaryView { user, balance, status, month, rate, subscription })
    }

    /// The book as a whole. What falls due while nobody looks at its wallet
    /// counts once the sweep has settled it.
    pub async fn system_summary(&self, caller: &Caller) -> Result<SystemView, Error> {
        caller.check_oversight()?;
        self.counted().await?;
        let since = a_day_before(self.ledger().time_to_read());
        let (book, walletless, recent_transactions) = self
            .read(move |tx| {
                Box::pin(async move {
                    let book = figures::find(tx).await?;
                    let walletless = tx.one(figures::count_walletless()).await?;
                    Ok((book, walletless, tx.one(figures::count_since(since)).await?))
                })
            })
            .await?;
        let Figures { wallets, with_credits, paused, suspended, credits } = book;
        let (users, rate) = (wallets.saturating_add(walletless), self.credit_rate(None).await?);
        let cents = cents(rate, credits)?;
        Ok(SystemView {
            users,
            with_credits,
            paused,
            suspended,
            credits,
            cents,
            recent_transactions,
            rate,
        })
    }
}

fn month_view(starts_at: Time, month: Month, rate: Rate) -> Result<MonthView, Error> {
    let Month { transactions, .. } = month;
    let (added, spent, removed) =
        (month.added.micros(), month.spent.micros(), month.removed.micros());
    let net = added.checked_sub(spent).and_then(|left| left.checked_sub(removed));
    let net_change = net.ok_or_else(|| Error::internal("a month's change overflows"))?;
    let cents = cents(rate, spent)?;
    Ok(MonthView { starts_at, added, spent, removed, net_change, transactions, cents })
}

fn cents(rate: Rate, micros: i128) -> Result<i128, Error> {
    rate.cents(micros).ok_or_else(|| Error::internal("credits are worth more than can be counted"))
}
