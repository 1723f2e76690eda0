//! `credits serve --demo`: a book that looks as if people had used it for a month.
//!
//! The month is really lived, through the use cases that requests go through: a
//! clock of its own begins 31 days ago and is turned from event to event until
//! now. The same seed gives the same month.

mod clock;
mod month;
mod people;
mod play;
mod table;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use app::{Caller, Page};
use domain::{Mode, Time};

use crate::commands::verify;
use crate::config::Config;
use crate::wiring::{Running, machine};
use clock::Turned;
use play::Player;

/// What the month is derived from.
const SEED: u64 = 1;
/// Whole days of it before today.
const DAYS: i64 = 30;

/// Fills a new test book with a month, and says who can sign in. A book that has
/// users stays as it is.
pub(super) async fn fill(config: &Config) -> anyhow::Result<()> {
    ensure!(config.book.mode.value() == Mode::Test, "--demo is for test books: leave --mode out");
    let until = machine::wall();
    let today = until.micros() / Time::DAY * Time::DAY;
    let begins = Time::from_micros(today).plus(-DAYS * Time::DAY);
    let clock = Arc::new(Turned::at(begins));
    let path = &config.book.place;
    let is_there = path.file().is_none_or(Path::exists);
    if is_there && !is_empty(config).await? {
        eprintln!(
            "{path} is in use already: serving what it holds. Its demo sign-ins, if it has them:"
        );
        eprint!("{}", table::sign_ins());
        return Ok(());
    }
    eprintln!("{path} is new: living a month of {} customers in it", people::CUSTOMERS.len());
    let running = Running::start_at(config, Arc::<Turned>::clone(&clock)).await?;
    let lived = live(&running, &clock, (begins, until)).await;
    running.stop().await.context("the demo's checkpoint was not signed")?;
    eprint!("{}", lived?);
    Ok(())
}

/// Whether nobody is in the book. It may be older than this program.
async fn is_empty(config: &Config) -> anyhow::Result<bool> {
    let running = Running::start(config).await?;
    let users = running.app.list_users(&Caller::SYSTEM, app::UserFilter::default(), Page::FIRST);
    let users = users.await;
    running.stop().await?;
    Ok(users?.total == 0)
}

async fn live(
    running: &Running,
    clock: &Turned,
    (begins, until): (Time, Time),
) -> anyhow::Result<String> {
    let events = month::plan(SEED, begins, until);
    let mut player = Player::begin(running, clock).await?;
    let mut progress = super::progress::Progress::of(count(events.len()), "events");
    for (done, event) in events.iter().enumerate() {
        player.play(event).await?;
        progress.set(count(done + 1));
    }
    progress.finish();
    let tally = player.end();
    let report = running.proof.verify().await?;
    Ok(table::closing(&tally, &verify::as_text(&report)))
}

fn count(events: usize) -> u64 {
    u64::try_from(events).unwrap_or(u64::MAX)
}
