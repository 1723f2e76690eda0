//! Top-ups: credits that buy themselves when a balance falls below a threshold, for
//! no more than a cap a day and a month. Whoever agreed to it turns it off by one
//! call; a declined payment turns it off by itself.
//!
//! ```text
//! journal ─► watch ─► job ─► look ─► begin: caps, purchase and row, one transaction
//!                                      └► the purchase's own steps ─► done | failed
//! ```
//!
//! A consumer of the journal sees a balance fall and arms a job. That begins a purchase
//! like any other in the transaction that counts the caps; those take turns, so
//! however many servers see a balance fall, what is begun never passes a cap. While one
//! is open no other begins. This module must not know who takes payments.

mod begin;
mod list;
mod look;
mod set;
mod stop;
mod stored;
mod view;
mod watch;

pub use set::TopUpRequest;
pub(crate) use stop::{Back, stop_for};
pub use view::{TopUpState, TopUpView};
pub(crate) use watch::Watch;

use domain::{Cents, Time, day_of, instant};
use store::Tx;
use store::top_ups;

use crate::App;
use crate::error::Error;

/// What a purchase is called that nobody asks for.
const DESCRIPTION: &str = "Automatic top-up";

/// What came in today and this month, in UTC, and what is being paid.
async fn spent(
    tx: &mut Tx,
    (user, currency): (i64, &str),
    now: Time,
) -> Result<(Cents, Cents), Error> {
    let (day, month) = (day_of(now), instant::month_of(now));
    let mut spent = tx.all(top_ups::spent(user, month, currency)).await?;
    // Its money may come in at any time.
    let open = tx.opt(top_ups::open(user)).await?.filter(|open| open.currency == currency);
    spent.extend(open.map(|open| (now, open.cents)));
    let uncountable = || Error::internal("what top-ups cost can't be counted");
    let (mut today, mut this_month) = (Cents::ZERO, Cents::ZERO);
    for (at, cents) in spent {
        let cost = Cents::from_count(cents);
        this_month = this_month.checked_add(cost).ok_or_else(uncountable)?;
        if at >= day {
            today = today.checked_add(cost).ok_or_else(uncountable)?;
        }
    }
    Ok((today, this_month))
}

impl App {
    /// Waits until every balance that has fallen has its job.
    pub async fn watch_balances(&self) -> Result<(), Error> {
        let head = self.ledger().head().seq;
        Ok(self.parts.top_ups.reach(head).await?)
    }
}
