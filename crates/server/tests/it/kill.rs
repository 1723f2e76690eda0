//! kill -9 under load, again and again: what was acknowledged is there, once.
//!
//! CREDITS_SOAK_KILLS says how often.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use client::{Charge, Client, Key, Transaction};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::program::{Place, Server, grant};

/// How often the server is killed unless it is said.
const KILLS: usize = 20;
/// Spends that must be acknowledged before a kill.
const ACKNOWLEDGED_MIN: u32 = 150;
/// Clients at a time.
const CLIENTS: usize = 16;
/// What every user is granted, in credits.
const CREDITS: i64 = 1_000_000;
/// What a spend takes, in micro-credits.
const AMOUNT: i64 = 10_000;

/// What became of every spend that was sent.
#[derive(Default)]
struct Sent {
    acknowledged: BTreeMap<String, (i64, Transaction)>,
    unknown: BTreeMap<String, i64>,
}

struct Book {
    place: Place,
    key: String,
    users: Vec<i64>,
}

impl Book {
    async fn open() -> (Self, Server) {
        let place = Place::new();
        let users = (0..4).map(|number| place.user(&format!("user{number}"))).collect();
        let book = Self { key: place.key("ops", "admin"), users, place };
        let server = book.place.serve();
        for user in &book.users {
            grant(&server.client(&book.key), *user, CREDITS).await;
        }
        (book, server)
    }

    /// Spends from many clients until the server is killed beneath them.
    async fn kill_under_load(&self, server: Server, round: usize) -> Sent {
        let sent = Arc::new(Mutex::new(Sent::default()));
        let acknowledged = Arc::new(Semaphore::new(0));
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS {
            let spender = Spender {
                client: server.client(&self.key),
                user: self.users[number % self.users.len()],
                name: format!("kill-{round}-{number}"),
                sent: Arc::clone(&sent),
                acknowledged: Arc::clone(&acknowledged),
            };
            clients.spawn(spender.spend_until_it_fails());
        }
        acknowledged.acquire_many(ACKNOWLEDGED_MIN).await.unwrap().forget();
        server.kill();
        clients.join_all().await;
        Arc::into_inner(sent).unwrap().into_inner().unwrap()
    }

    /// Sends everything again: what was acknowledged is answered the same, what
    /// was not is there now.
    async fn settle(&self, server: &Server, sent: Sent) -> i64 {
        let client = server.client(&self.key);
        let spends = sent.acknowledged.len() + sent.unknown.len();
        for (key, (user, before)) in sent.acknowledged {
            let answer = spend(&client, &key, user).await.unwrap();
            assert!(answer.replayed, "{key} was acknowledged and then lost");
            assert_eq!(answer.value, before, "{key} has another answer now");
        }
        for (key, user) in sent.unknown {
            spend(&client, &key, user).await.unwrap();
        }
        i64::try_from(spends).unwrap()
    }

    /// A rebuild, which must find nothing to do.
    fn rebuild(&self) {
        let rebuilt = self.place.run_on_db(&["rebuild"]).well();
        assert!(rebuilt.contains("nothing changed"), "{rebuilt}");
    }

    async fn spent(&self, server: &Server) -> i64 {
        let mut spent = 0;
        for user in &self.users {
            let balance = server.client(&self.key).balance(*user).await.unwrap();
            spent += CREDITS * 1_000_000 - balance.current_credits.micros();
        }
        spent
    }
}

struct Spender {
    client: Client,
    user: i64,
    name: String,
    sent: Arc<Mutex<Sent>>,
    acknowledged: Arc<Semaphore>,
}

impl Spender {
    async fn spend_until_it_fails(self) {
        for number in 0_u32.. {
            let key = format!("{}-{number}", self.name);
            let answer = spend(&self.client, &key, self.user).await;
            let mut sent = self.sent.lock().unwrap();
            match answer {
                Ok(answer) => {
                    assert!(!answer.replayed || number == 0, "{key} was never used before");
                    sent.acknowledged.insert(key, (self.user, answer.value));
                    self.acknowledged.add_permits(1);
                }
                Err(error) => {
                    assert!(error.is_transient(), "{key}: {error:?}");
                    sent.unknown.insert(key, self.user);
                    return;
                }
            }
        }
    }
}

async fn spend(
    client: &Client,
    key: &str,
    user: i64,
) -> Result<client::Answer<Transaction>, client::Error> {
    let charge = Charge::amount(user, client::Credits::from_micros(AMOUNT));
    client.spend(&Key::new(key), &charge.description("under fire")).await
}

pub(crate) fn kills() -> usize {
    #[expect(clippy::disallowed_methods, reason = "`make soak` says how often")]
    let said = std::env::var("CREDITS_SOAK_KILLS").ok();
    said.map_or(KILLS, |said| said.parse().expect("CREDITS_SOAK_KILLS is a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_nine_under_load_loses_no_acknowledged_spend_and_doubles_none() {
    let (book, mut server) = Book::open().await;
    let mut spends = 0;
    for round in 0..kills() {
        let sent = book.kill_under_load(server, round).await;
        book.rebuild();
        server = book.place.serve();
        spends += book.settle(&server, sent).await;
        book.rebuild();
        let report = book.place.run_on_db(&["verify"]).well();
        assert!(report.starts_with("sound: "), "round {round}: {report}");
        assert_eq!(book.spent(&server).await, spends * AMOUNT, "round {round}");
    }
    println!("{} kills, {spends} spends", kills());
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_nine_during_a_rebuild_under_load_leaves_a_sound_book() {
    let (book, server) = Book::open().await;
    let sent = Arc::new(Mutex::new(Sent::default()));
    let acknowledged = Arc::new(Semaphore::new(0));
    let spender = Spender {
        client: server.client(&book.key),
        user: book.users[0],
        name: "rebuild".into(),
        sent: Arc::clone(&sent),
        acknowledged: Arc::clone(&acknowledged),
    };
    let mut clients = JoinSet::new();
    clients.spawn(spender.spend_until_it_fails());
    acknowledged.acquire_many(20).await.unwrap().forget();
    book.rebuild();
    acknowledged.acquire_many(20).await.unwrap().forget();
    server.kill();
    clients.join_all().await;
    let sent = Arc::into_inner(sent).unwrap().into_inner().unwrap();
    let server = book.place.serve();
    let spends = book.settle(&server, sent).await;
    assert_eq!(book.spent(&server).await, spends * AMOUNT);
    assert!(book.place.run_on_db(&["verify"]).well().starts_with("sound: "));
}
