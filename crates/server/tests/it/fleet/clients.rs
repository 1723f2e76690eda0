//! Clients of a fleet: each asks any server, and writes down what came of it.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use client::{Capture, Charge, Client, Credits, Error, Key, NewHold};
use testkit::history::{Entry, What};
use tokio::sync::Semaphore;

use super::dice::Dice;
use super::told::{Captured, Spent, Told};

/// What is shared by clients and the one who does them harm.
pub(super) struct Clients {
    pub(super) key: String,
    pub(super) users: Vec<i64>,
    pub(super) urls: Mutex<Vec<String>>,
    pub(super) history: Mutex<Vec<Entry>>,
    pub(super) unknown: AtomicU64,
    /// The last record that any of them was told of.
    pub(super) seen: AtomicI64,
    /// A permit an answer.
    pub(super) answered: Semaphore,
    /// A permit a refusal.
    pub(super) refused: Semaphore,
    pub(super) began: Instant,
    pub(super) is_over: AtomicBool,
}

impl Clients {
    pub(super) fn micros(&self) -> u64 {
        #[expect(clippy::disallowed_methods, reason = "a history has a clock")]
        let elapsed = self.began.elapsed();
        u64::try_from(elapsed.as_micros()).unwrap()
    }

    fn any(&self, dice: &mut Dice) -> Client {
        let url = dice.of(&self.urls.lock().unwrap()).clone();
        Client::new(&url, &self.key).unwrap()
    }

    /// Asks any server, again and again with the same key, until one answers.
    async fn ask<T, F>(&self, dice: &mut Dice, user: i64, ask: impl Fn(Client) -> F) -> Option<T>
    where
        T: Told,
        F: Future<Output = Result<T, Error>>,
    {
        let asked = self.micros();
        loop {
            let what = match ask(self.any(dice)).await {
                Ok(told) => Some((told.what(), Some(told))),
                Err(Error::Refused(problem)) if problem.code == "insufficient_credits" => {
                    let amount = |field: Option<Credits>| field.expect("an amount").micros();
                    let (required, available) =
                        (amount(problem.required), amount(problem.available));
                    self.refused.add_permits(1);
                    Some((What::Refused { required, available }, None))
                }
                Err(error) if error.is_transient() => None,
                Err(error) => panic!("{error:?}"),
            };
            let Some((what, told)) = what else {
                self.unknown.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                continue;
            };
            self.seen.fetch_max(what.seq().unwrap_or(0), Ordering::Relaxed);
            let entry = Entry { user, asked, answered: self.micros(), what };
            self.history.lock().unwrap().push(entry);
            self.answered.add_permits(1);
            return told;
        }
    }

    pub(super) async fn live(self: Arc<Self>, number: usize, seed: u64) {
        let mut dice = Dice(seed ^ (u64::try_from(number).unwrap() + 1).wrapping_mul(0x9E37_79B9));
        for step in 0_u32.. {
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let user = *dice.of(&self.users);
            let amount = Credits::from_micros(10_000 * i64::try_from(1 + dice.below(200)).unwrap());
            let key = format!("{number}-{step}");
            match dice.below(10) {
                0..6 => self.spend(&mut dice, user, (&key, amount)).await,
                6..8 => self.hold(&mut dice, user, (&key, amount)).await,
                8 => {
                    self.ask(&mut dice, user, |client| async move { client.balance(user).await })
                        .await;
                }
                _ => self.see(&mut dice, user).await,
            }
        }
    }

    async fn spend(&self, dice: &mut Dice, user: i64, (key, amount): (&str, Credits)) {
        let spend = |client: Client| async move {
            let charge = Charge::amount(user, amount).description("in a fleet");
            Ok(Spent(client.spend(&Key::new(key), &charge).await?.value))
        };
        self.ask(dice, user, spend).await;
    }

    async fn hold(&self, dice: &mut Dice, user: i64, (key, amount): (&str, Credits)) {
        let hold = |client: Client| async move {
            let hold = NewHold { charge: Charge::amount(user, amount), expires_in: None };
            Ok(client.hold(&Key::new(key), &hold).await?.value)
        };
        let Some(held) = self.ask(dice, user, hold).await else { return };
        let (key, id) = (&format!("{key}-capture"), &held.id);
        let capture = |client: Client| async move {
            let captured =
                client.capture(&Key::new(key.as_str()), id, &Capture::Amount(amount)).await?.value;
            Ok(Captured(captured.transaction.expect("something was captured")))
        };
        self.ask(dice, user, capture).await;
    }

    /// Any server shows at least what another one told of.
    async fn see(&self, dice: &mut Dice, user: i64) {
        let seen = self.seen.load(Ordering::Relaxed);
        let look = |client: Client| async move { client.balance_since(user, seen).await };
        let Some(balance) = self.ask(dice, user, look).await else { return };
        assert!(balance.as_of_seq >= seen, "{} lacks {seen}", balance.as_of_seq);
    }

    /// Reads a balance once, of one server.
    pub(super) async fn read(&self, client: &Client, user: i64) {
        let asked = self.micros();
        let balance = client.balance(user).await.unwrap();
        let entry = Entry { user, asked, answered: self.micros(), what: balance.what() };
        self.history.lock().unwrap().push(entry);
    }
}
