//! Clients that change a book in every way that is common, one request after the
//! other each, and keep what they were told. Later all of it is asked again.

mod client;

use std::sync::Arc;

use tokio::task::JoinSet;

use super::wire::{Answer, Request, Wire};
use crate::fleet::Dice;
use crate::program::{Place, Server};
use client::Client;
pub(super) use client::{Pace, Running};

/// Clients at a time.
const CLIENTS: usize = 8;
/// What every user is granted, in credits.
const CREDITS: i64 = 1_000_000;
/// What a record of a load has in its words, and what ends it is `;`.
pub(super) const MARK: &str = "load-";

/// A request, and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) key: String,
    body: String,
    /// What stands in what it writes.
    pub(super) marks: Vec<String>,
    /// What it does to the sum of all balances, in hundredths of a credit.
    effect: i64,
    /// What was answered, if something was.
    pub(super) answer: Option<Answer>,
}

impl Asked {
    fn request(&self) -> Request<'_> {
        Request { method: "POST", path: &self.path, key: Some(&self.key), body: &self.body }
    }

    pub(super) fn is_done(&self) -> bool {
        self.answer.as_ref().is_some_and(Answer::is_good)
    }
}

/// A book and what clients asked of it, each in its order.
pub(super) struct Load {
    pub(super) key: String,
    users: Vec<i64>,
    /// Rounds so far, so that no key comes twice.
    rounds: usize,
    pub(super) pace: Pace,
    pub(super) asked: Vec<Vec<Asked>>,
}

impl Load {
    /// A new book.
    pub(super) fn new(place: &Place) -> Self {
        let users = (0..3).map(|number| place.user(&format!("user{number}"))).collect();
        let key = place.key("ops", "admin");
        Self { key, users, rounds: 0, pace: Pace::Busy, asked: Vec::new() }
    }

    /// Grants everybody much, once.
    pub(super) async fn begin(&self, server: &Server) {
        let mut wire = self.wire(server);
        for user in &self.users {
            let body = format!(
                r#"{{"user_id":{user},"amount":"{CREDITS}","source":"promotion","description":"x"}}"#
            );
            let granted = wire.post("/api/credits/grants", &format!("much-{user}"), &body).await;
            assert_eq!(granted.status, 201, "{granted:?}");
        }
    }

    pub(super) fn wire(&self, server: &Server) -> Wire {
        Wire::new(&server.url, &self.key)
    }

    /// Has clients at work until so many answers were good, or each had one that was not.
    pub(super) async fn run(&mut self, server: &Server, running: &Arc<Running>, seed: u64) {
        let mut clients = JoinSet::new();
        for number in 0..self.pace.clients() {
            let client = Client {
                wire: self.wire(server),
                user: self.users[number % self.users.len()],
                name: format!("{MARK}{}-{number}", self.rounds),
                dice: Dice(seed ^ (u64::try_from(number).unwrap() + 1).wrapping_mul(0x9E37_79B9)),
                running: Arc::clone(running),
                pace: self.pace,
                asked: Vec::new(),
            };
            clients.spawn(client.live());
        }
        self.rounds += 1;
        self.asked.extend(clients.join_all().await);
    }

    /// What was answered well so far, each client's in order.
    pub(super) fn done(&self) -> Vec<usize> {
        let done = |asked: &Vec<Asked>| asked.iter().take_while(|one| one.is_done()).count();
        self.asked.iter().map(done).collect()
    }

    /// Asks again: of each client what was answered, which must be there with that
    /// answer, then the next, of which nobody knows, and which is done after that. Then
    /// the balances must be what all of it comes to. How many were asked.
    pub(super) async fn settle(&self, server: &Server, done: &[usize]) -> usize {
        self.begin(server).await;
        let users = i64::try_from(self.users.len()).unwrap();
        let (mut effect, mut count) = (users * CREDITS * 100, 0);
        let mut clients = JoinSet::new();
        for (asked, done) in self.asked.iter().zip(done) {
            let next = asked.len().min(done + 1);
            count += next;
            clients.spawn(ask_again(self.wire(server), asked[..next].to_vec(), *done));
        }
        effect += clients.join_all().await.into_iter().sum::<i64>();
        assert_eq!(self.balances(server).await, effect, "more or less than what was asked");
        count
    }

    /// What each client asked last.
    pub(super) fn last_round(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter().rev().take(CLIENTS).filter_map(|asked| asked.last())
    }

    /// Every client's last answer was a refusal by name; it is said that the server isn't
    /// ready, and reads go on.
    pub(super) async fn check_refused(&self, server: &Server) {
        for one in self.last_round() {
            let answer = one.answer.as_ref().expect("an answer, not a broken connection");
            let is_named = ["ledger_stopped", "overloaded"].contains(&answer.code().as_str());
            // A batch is answered, each operation in it refused.
            assert!(!answer.is_good() && is_named, "{}: {answer:?}", one.path);
        }
        let ready = self.wire(server).get("/readyz").await;
        assert_eq!((ready.status, ready.code().as_str()), (503, "ledger_stopped"));
        assert!(self.balances(server).await > 0);
    }

    async fn balances(&self, server: &Server) -> i64 {
        let mut sum = 0;
        for user in &self.users {
            let balance = server.client(&self.key).balance(*user).await.unwrap();
            sum += balance.current_credits.micros() / 10_000;
        }
        sum
    }
}

/// What all of it does to the balances.
async fn ask_again(mut wire: Wire, asked: Vec<Asked>, done: usize) -> i64 {
    let mut effect = 0;
    for (number, one) in asked.iter().enumerate() {
        let again = wire.ask(one.request()).await.unwrap();
        let (key, text) = (&one.key, String::from_utf8_lossy(&again.body));
        if number < done {
            let before = one.answer.as_ref().unwrap();
            assert_eq!(again.status, before.status, "{key} was answered and then lost: {text}");
            let was_there = again.replayed || text.contains(r#""replayed":true"#);
            assert!(was_there, "{key} was answered and then lost: {text}");
            assert_eq!(text, known(before), "{key} has another answer now");
        } else {
            // A clock that was set forward ends holds.
            let is_late = again.code() == "hold_expired";
            assert!(again.is_good() || is_late, "{key}: {text}");
        }
        if again.is_good() {
            effect += one.effect;
        }
    }
    effect
}

/// An answer as it is when it comes again.
fn known(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).replace(r#""replayed":false"#, r#""replayed":true"#)
}
