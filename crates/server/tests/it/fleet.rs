//! Servers on one database, killed at random under clients that go to any of them:
//! what all were told fits one order, the journal's, and the clock.
//!
//! Three servers on PostgreSQL; on the embedded engine, which has one server a file,
//! one. CREDITS_SOAK_KILLS says how often a server is killed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use client::{Capture, Charge, Client, Credits, Error, Key, NewHold};
use testkit::history::{Entry, What, check};
use testkit::is_on_a_server;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::kill::kills;
use crate::program::{Place, Server, grant};

/// Clients at a time.
const CLIENTS: usize = 16;
/// Users with much, and users with little.
const USERS: usize = 6;
/// What they are granted, in credits.
const CREDITS: [i64; USERS] = [1_000_000, 1_000_000, 1_000_000, 60, 40, 20];
/// Answers between two kills, at least, and how many more at most.
const LIFE: (u64, u64) = (20, 200);

/// What is shared by clients and the one who kills.
struct Fleet {
    key: String,
    users: Vec<i64>,
    urls: Mutex<Vec<String>>,
    history: Mutex<Vec<Entry>>,
    unknown: AtomicU64,
    /// A permit an answer.
    answered: Semaphore,
    began: Instant,
    is_over: AtomicBool,
}

/// Numbers from a seed: xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        let place = self.below(u64::try_from(all.len()).unwrap());
        &all[usize::try_from(place).unwrap()]
    }
}

impl Fleet {
    fn micros(&self) -> u64 {
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
            let entry = Entry { user, asked, answered: self.micros(), what };
            self.history.lock().unwrap().push(entry);
            self.answered.add_permits(1);
            return told;
        }
    }

    async fn live(self: Arc<Self>, number: usize, seed: u64) {
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
                _ => {
                    self.ask(&mut dice, user, |client| async move { client.balance(user).await })
                        .await;
                }
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

    async fn wait_for_answers(&self, count: u64) {
        self.answered.acquire_many(u32::try_from(count).unwrap()).await.unwrap().forget();
    }

    /// Kills servers until there were enough, and starts others in their place.
    async fn kill(&self, place: &Place, mut servers: Vec<Server>, seed: u64) -> Vec<Server> {
        let mut dice = Dice(seed);
        for _ in 0..kills() {
            self.wait_for_answers(LIFE.0 + dice.below(LIFE.1)).await;
            let victim =
                usize::try_from(dice.below(u64::try_from(servers.len()).unwrap())).unwrap();
            servers.swap_remove(victim).kill();
            let server = place.serve();
            servers.push(server);
            *self.urls.lock().unwrap() = servers.iter().map(|one| one.url.clone()).collect();
        }
        self.wait_for_answers(LIFE.0).await;
        self.is_over.store(true, Ordering::Relaxed);
        servers
    }
}

/// An answer with its place in the journal.
trait Told {
    fn what(&self) -> What;
}

struct Spent(client::Transaction);
struct Captured(client::Transaction);

impl Told for Spent {
    fn what(&self) -> What {
        let (amount, left) = (-self.0.amount.micros(), self.0.balance_after.micros());
        What::Spent { seq: self.0.seq, amount, left }
    }
}

impl Told for Captured {
    fn what(&self) -> What {
        let (amount, left) = (-self.0.amount.micros(), self.0.balance_after.micros());
        What::Captured { seq: self.0.seq, amount, left }
    }
}

impl Told for client::Hold {
    fn what(&self) -> What {
        let seq = self.id.rsplit('_').next().and_then(|seq| seq.parse().ok());
        What::Held { seq: seq.expect("a hold names its record"), amount: self.amount.micros() }
    }
}

impl Told for client::Balance {
    fn what(&self) -> What {
        let (posted, held) = (self.current_credits.micros(), self.held.micros());
        What::Read { seq: self.as_of_seq, posted, held }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_killed_at_random_answers_in_one_order() {
    #[expect(clippy::disallowed_methods, reason = "a seed to print, and a clock to order by")]
    let (began, seed) = (Instant::now(), u64::from(std::process::id()) << 20 | 0x5eed);
    println!("seed {seed}");
    let place = Place::new();
    let users: Vec<i64> = (0..USERS).map(|user| place.user(&format!("user{user}"))).collect();
    let key = place.key("ops", "admin");
    let count = if is_on_a_server() { 3 } else { 1 };
    let servers: Vec<Server> = (0..count).map(|_| place.serve()).collect();
    let mut history = Vec::new();
    for (user, credits) in users.iter().zip(CREDITS) {
        let client = servers[0].client(&key);
        grant(&client, *user, credits).await;
        let seq = client.balance(*user).await.unwrap().as_of_seq;
        let what = What::Granted { seq, amount: credits * 1_000_000 };
        history.push(Entry { user: *user, asked: 0, answered: 0, what });
    }
    let urls = Mutex::new(servers.iter().map(|one| one.url.clone()).collect());
    let fleet = Arc::new(Fleet {
        key,
        users,
        urls,
        history: Mutex::new(history),
        unknown: AtomicU64::new(0),
        answered: Semaphore::new(0),
        began,
        is_over: AtomicBool::new(false),
    });
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(Arc::clone(&fleet).live(number, seed));
    }
    let servers = fleet.kill(&place, servers, seed).await;
    clients.join_all().await;
    let history = fleet.history.lock().unwrap().clone();
    let checked = check(&history)
        .unwrap_or_else(|findings| panic!("{:#?}", &findings[..3.min(findings.len())]));
    println!(
        "{} kills of {count} servers, {checked:?}, {} answers unknown at first",
        kills(),
        fleet.unknown.load(Ordering::Relaxed)
    );
    assert!(checked.refusals > 0, "nobody ran out of credits");
    drop(servers);
    assert!(place.run_on_db(&["verify"]).well().starts_with("sound: "));
}
