//! Servers on one database under clients that go to any of them, and harm that is
//! done to them: what all were told fits one order, the journal's, and the clock.
//!
//! CREDITS_FLEET_SEED is a seed that was printed before: the same requests again.

mod clients;
mod dice;
mod kills;
mod renewals;
mod told;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use testkit::history::{Entry, What, check, compare};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::program::{Place, Server, grant};
use clients::Clients;
pub(crate) use dice::Dice;

/// Clients at a time.
const CLIENTS: usize = 16;
/// Users with much, and users with little.
const USERS: usize = 6;
/// What they are granted, in credits.
const CREDITS: [i64; USERS] = [1_000_000, 1_000_000, 1_000_000, 60, 40, 20];
/// Answers between two faults, at least, and how many more at most.
const LIFE: (u64, u64) = (20, 200);

/// Servers, and clients at work.
pub(crate) struct Fleet<'p> {
    place: &'p Place,
    servers: Vec<Server>,
    clients: Arc<Clients>,
    at_work: JoinSet<()>,
    pub(crate) dice: Dice,
}

impl<'p> Fleet<'p> {
    /// Starts servers on a new book, then the clients. Prints the seed.
    pub(crate) async fn start(place: &'p Place, count: usize) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a clock to order by")]
        let (began, seed) = (Instant::now(), seed());
        println!("seed {seed}");
        let users: Vec<i64> = (0..USERS).map(|user| place.user(&format!("user{user}"))).collect();
        let key = place.key("ops", "admin");
        let servers: Vec<Server> = (0..count).map(|_| place.serve()).collect();
        let history = grant_all(&servers[0], &key, &users).await;
        let clients = Arc::new(Clients {
            key,
            users,
            urls: Mutex::new(urls(&servers)),
            history: Mutex::new(history),
            unknown: AtomicU64::new(0),
            seen: AtomicI64::new(1),
            answered: Semaphore::new(0),
            refused: Semaphore::new(0),
            began,
            is_over: AtomicBool::new(false),
        });
        let mut at_work = JoinSet::new();
        for number in 0..CLIENTS {
            at_work.spawn(Arc::clone(&clients).live(number, seed));
        }
        Self { place, servers, clients, at_work, dice: Dice(seed) }
    }

    /// Waits until some more requests were answered, nobody knows how many.
    pub(crate) async fn live_on(&mut self) {
        let count = LIFE.0 + self.dice.below(LIFE.1);
        self.wait_for_answers(count).await;
    }

    async fn wait_for_answers(&self, count: u64) {
        let count = u32::try_from(count).unwrap();
        self.clients.answered.acquire_many(count).await.unwrap().forget();
    }

    /// Takes one of the servers to be ended by `end`, and starts another in its place.
    pub(crate) fn replace_one(&mut self, end: impl FnOnce(Server)) {
        let victim = self.dice.place(self.servers.len());
        end(self.servers.swap_remove(victim));
        self.servers.push(self.place.serve());
        *self.clients.urls.lock().unwrap() = urls(&self.servers);
    }

    /// Lets the clients come to their ends and judges what they were told.
    pub(crate) async fn end(self, faults: &str) {
        self.wait_for_answers(LIFE.0).await;
        // However short the lives between faults were, somebody has run out of credits.
        self.clients.refused.acquire().await.unwrap().forget();
        let Self { place, servers, clients, at_work, .. } = self;
        clients.is_over.store(true, Ordering::Relaxed);
        at_work.join_all().await;
        look_at_all(&clients, &servers).await;
        let history = clients.history.lock().unwrap().clone();
        let checked = check(&history)
            .unwrap_or_else(|findings| panic!("{:#?}", &findings[..3.min(findings.len())]));
        let findings = compare(&history, &places(&servers[0], &clients.key).await);
        assert!(findings.is_empty(), "{:#?}", &findings[..3.min(findings.len())]);
        let (count, unknown) = (servers.len(), clients.unknown.load(Ordering::Relaxed));
        println!("{faults}, {count} servers, {checked:?}, {unknown} answers unknown at first");
        assert!(checked.refusals > 0, "{checked:?}");
        drop(servers);
        assert!(place.run_on_db(&["verify"]).well().starts_with("sound: "));
    }
}

#[expect(clippy::disallowed_methods, reason = "a seed is told, or new with every process")]
fn seed() -> u64 {
    let told = std::env::var("CREDITS_FLEET_SEED").ok();
    let new = || u64::from(std::process::id()) << 20 | 0x5eed;
    told.map_or_else(new, |told| told.parse().expect("CREDITS_FLEET_SEED is a number, not 0"))
}

fn urls(servers: &[Server]) -> Vec<String> {
    servers.iter().map(|server| server.url.clone()).collect()
}

async fn grant_all(server: &Server, key: &str, users: &[i64]) -> Vec<Entry> {
    let mut history = Vec::new();
    for (user, credits) in users.iter().zip(CREDITS) {
        let client = server.client(key);
        grant(&client, *user, credits).await;
        let seq = client.balance(*user).await.unwrap().as_of_seq;
        let what = What::Granted { seq, amount: credits * 1_000_000 };
        history.push(Entry { user: *user, asked: 0, answered: 0, what });
    }
    history
}

/// Where the journal has records that change somebody's credits.
async fn places(server: &Server, key: &str) -> BTreeSet<i64> {
    const CHANGE_NOTHING: [&str; 2] = ["open", "refuse"];
    let journal = server.client(key).journal(1).await.unwrap();
    let of_a_wallet = journal.iter().filter(|record| !record["wallet"].is_null());
    let changes = of_a_wallet.filter(|record| {
        let kind = record["kind"].as_str().unwrap();
        !CHANGE_NOTHING.contains(&kind)
    });
    changes.map(|record| record["seq"].as_i64().unwrap()).collect()
}

/// The last word of every server on every user: a lost end of the journal shows here.
async fn look_at_all(clients: &Clients, servers: &[Server]) {
    for server in servers {
        for user in &clients.users {
            clients.read(&server.client(&clients.key), *user).await;
        }
    }
}
