//! The credits of what is paid: once, by whoever comes, under a key made of the
//! subscription and the start of the period.

use domain::{Cents, Credits, Currency, Description, Limit, Refusal, Source, Text, instant};
use ledger::{Actor, Command, Fingerprint, Order, Seq, command};
use store::subscription_periods::{self as periods, Kind};

use super::advance::{Step, View};
use super::bill::expiry;
use super::kept::text;
use crate::App;
use crate::error::{Error, stored};
use crate::fingerprint::Canonical;
use crate::ledger::{How, SubmitError};
use crate::purchases::is_full;
use crate::words;

/// One of the two grants of a period.
#[derive(Clone, Copy)]
enum Part {
    /// What it gives.
    Own,
    /// What expired at its start and is given anew.
    Rollover,
}

impl App {
    /// Gives what was paid for. What rolled over is given first: of two that expire
    /// together the older one is spent first.
    pub(super) async fn grant_period(
        &self,
        view: &View,
        of: &periods::Period,
    ) -> Result<Step, Error> {
        let rolls = of.rollover.is_positive() && of.rollover_seq.is_none();
        let part = if rolls { Part::Rollover } else { Part::Own };
        let seq = match self.grant_order(view, of, part)? {
            None => None,
            Some(order) => match self.give(view, of, order).await? {
                Some(seq) => Some(seq),
                None => return Ok(Step::Taken),
            },
        };
        let (id, now) = (of.id, view.now);
        self.write(move |tx| {
            Box::pin(async move {
                let change = match (part, seq) {
                    (Part::Rollover, Some(seq)) => periods::rolled_over(id, seq, now),
                    _ => periods::granted(id, seq, now),
                };
                // No row is hit where somebody else took this step.
                tx.exec(change).await?.at_most_one()?;
                Ok(Step::Taken)
            })
        })
        .await
    }

    /// Has the ledger give it; `None` where its time had passed and it is to be tried
    /// again with a later one.
    async fn give(
        &self,
        view: &View,
        of: &periods::Period,
        order: Order,
    ) -> Result<Option<Seq>, Error> {
        self.check_room_for(view, of).await?;
        let refused = match self.ledger().submit(order).await {
            Ok(committed) => return Ok(Some(committed.record.seq)),
            Err(refused @ SubmitError::Refused { .. }) => refused,
            Err(error) => return Err(error.into()),
        };
        // The outcome of this attempt's key is a refusal for ever: the next attempt
        // has another key.
        let (id, attempt, now) = (of.id, of.attempt, view.now);
        let expires_at = expiry(&view.kept, of.ends_at, now)?;
        self.write(move |tx| {
            Box::pin(async move {
                let change = periods::refused(id, attempt, expires_at, now);
                Ok(tx.exec(change).await?.at_most_one().map(drop)?)
            })
        })
        .await?;
        let passed = of.expires_at.is_none_or(|end| end <= now);
        if passed { Ok(None) } else { Err(refused.into()) }
    }

    /// A grant that was refused before is not tried again until there is room: every
    /// try leaves a record.
    async fn check_room_for(&self, view: &View, of: &periods::Period) -> Result<(), Error> {
        if of.attempt == 1 {
            return Ok(());
        }
        let read = self.ledger().wallet(view.kept.row.wallet_id).await?;
        if !is_full(&read.wallet) {
            return Ok(());
        }
        let refusal = Refusal::Limit(Limit::OpenGrants);
        Err(SubmitError::Refused { refusal, how: How::Applied }.into())
    }

    fn grant_order(
        &self,
        view: &View,
        of: &periods::Period,
        part: Part,
    ) -> Result<Option<Order>, Error> {
        let amount = match part {
            Part::Own => of.credits,
            Part::Rollover => of.rollover,
        };
        if !amount.is_positive() {
            return Ok(None);
        }
        let row = &view.kept.row;
        let source = if of.kind == Kind::Trial { Source::Trial } else { Source::Subscription };
        let plain = command::Grant::plain(row.wallet_id, amount, source);
        let currency = Currency::parse(&of.currency);
        let currency = currency.ok_or_else(|| Error::internal("a stored currency is none"))?;
        let cost = match part {
            Part::Own if of.cents > 0 => Cents::from_count(of.cents).cost(currency),
            _ => None,
        };
        let grant = command::Grant { cost, expires_at: of.expires_at, ..plain };
        let description = Description::parse(&describe(view, of, part));
        let description = description.map_err(stored("description"))?;
        let fact = fact(of);
        Ok(Some(Order {
            key: Some((key(of, part)?, self.fingerprint_of(of, (amount, &fact)))),
            reference: Some(text(&fact)?),
            words: words::write(self.entropy(), Some(&description), None),
            ..Order::bare(Actor::System, Command::Grant(grant))
        }))
    }

    /// Of the economic fact alone.
    fn fingerprint_of(&self, of: &periods::Period, (amount, fact): (Credits, &str)) -> Fingerprint {
        let canonical = Canonical::of("subscriptions.grant")
            .text("fact", fact)
            .number("amount", amount.micros())
            .number("cents", of.cents)
            .text("currency", &of.currency);
        canonical.seal(&self.ledger().book().fingerprint_secret)
    }
}

/// `subscription:7:2026-11-01T12:00:00Z`
fn fact(of: &periods::Period) -> String {
    format!("subscription:{}:{}", of.subscription_id, instant::format(of.starts_at))
}

fn key(of: &periods::Period, part: Part) -> Result<Text, Error> {
    let mut key = fact(of);
    if matches!(part, Part::Rollover) {
        key.push_str(":rollover");
    }
    if of.attempt > 1 {
        key = format!("{key}:{}", of.attempt);
    }
    text(&key)
}

/// For its owner.
fn describe(view: &View, of: &periods::Period, part: Part) -> String {
    let name = view.open.as_ref().map_or(&view.kept.plan.name, |(_, plan)| &plan.name);
    match (part, of.kind) {
        (Part::Rollover, _) => format!("{name}: rolled over from the month before"),
        (Part::Own, Kind::Trial) => format!("{name}: trial"),
        (Part::Own, Kind::Period) => format!("{name}: monthly credits"),
        (Part::Own, Kind::Upgrade) => format!("{name}: upgrade for the rest of the month"),
    }
}
