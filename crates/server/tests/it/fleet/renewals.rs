//! Subscriptions that are renewed by several servers, of which some are killed in the
//! middle of it: each period gives its credits once, whoever renews it.
//!
//! Three servers on PostgreSQL; on the embedded engine, which has one server a file,
//! one. CREDITS_SOAK_SUBSCRIPTIONS, CREDITS_SOAK_MONTHS, CREDITS_SOAK_SERVERS and
//! CREDITS_SOAK_MONTHS_A_KILL say otherwise.

use std::collections::BTreeSet;

use domain::{Anchor, Time, instant};
use serde_json::{Value, json};
use testkit::is_on_a_server;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Dice;
use crate::program::{Place, Server};

/// Subscriptions, months and servers unless it is said.
const SUBSCRIPTIONS: usize = 50;
const MONTHS: usize = 12;
const SERVERS: usize = 3;
/// How many months go by between two kills.
const MONTHS_A_KILL: usize = 6;

/// The credits of a month of the package that all subscribe to.
const CREDITS: i64 = 200;

#[expect(clippy::disallowed_methods, reason = "how long a soak goes on is said from outside")]
fn asked(name: &str, usual: usize) -> usize {
    let said = std::env::var(format!("CREDITS_SOAK_{name}")).ok();
    said.map_or(usual, |said| said.parse().expect("a number"))
}

/// Servers with their admin's key.
struct Renewing<'p> {
    place: &'p Place,
    key: String,
    servers: Vec<Server>,
    dice: Dice,
}

impl Renewing<'_> {
    /// Asks any server until one answers.
    async fn ask(&mut self, method: &str, path: &str, more: (&str, Option<Value>)) -> Value {
        loop {
            let url = self.dice.of(&self.servers).url.clone();
            let (headers, body) = &more;
            let answer = send(&url, &self.key, (method, path), (headers, body.as_ref())).await;
            match answer {
                Some((200..=299, body)) => return body,
                Some((503, _)) | None => tokio::task::yield_now().await,
                Some((status, body)) => panic!("{method} {path}: {status} {body}"),
            }
        }
    }

    fn kill_one(&mut self) {
        let victim = self.dice.place(self.servers.len());
        self.servers.swap_remove(victim).kill();
        self.servers.push(self.place.serve());
    }

    /// Until all of them have come to that period. None goes back, so a page that is
    /// there is not looked at again.
    async fn wait_for_period(&mut self, number: usize, count: usize) {
        for page in 1..=count.div_ceil(100) {
            let path = format!("/api/admin/subscriptions?page_size=100&page={page}");
            loop {
                let listed = self.ask("GET", &path, ("", None)).await;
                let listed = listed["subscriptions"].as_array().expect("a list");
                let is_there = |one: &Value| one["current_period"]["number"] == json!(number);
                if listed.iter().all(is_there) {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    }

    /// The records that gave a subscription's credits, one a period.
    async fn given(&mut self, id: usize, months: usize) -> BTreeSet<String> {
        let path = format!("/api/subscriptions/{id}/periods?page_size=100");
        loop {
            let periods = self.ask("GET", &path, ("", None)).await;
            let periods = periods["periods"].as_array().expect("a list");
            assert_eq!(periods.len(), months, "{id}: {periods:?}");
            let given = periods.iter().filter_map(|one| one["transaction_id"].as_str());
            let given: Vec<_> = given.map(str::to_owned).collect();
            // The last one's credits follow its beginning.
            if given.len() == months {
                return given.into_iter().collect();
            }
            tokio::task::yield_now().await;
        }
    }

    /// Each period gave its credits, once; how many did.
    async fn check(&mut self, id: usize, months: usize) -> usize {
        let given = self.given(id, months).await;
        assert_eq!(given.len(), months, "{id}: each has one of its own");
        let path = format!("/api/admin/subscriptions/{id}");
        let user = self.ask("GET", &path, ("", None)).await["user_id"].clone();
        let path = format!(
            "/api/credits/transactions?user_id={user}&transaction_type=subscription&page_size=1"
        );
        let history = self.ask("GET", &path, ("", None)).await;
        assert_eq!(history["total_count"], json!(months), "{id}: once each");
        let path = format!("/api/credits/balance?user_id={user}");
        let balance = self.ask("GET", &path, ("", None)).await;
        assert_eq!(balance["current_credits"], json!(CREDITS), "{id}: what came before expired");
        given.len()
    }
}

/// A request and its answer; `None` where the server went away.
async fn send(
    url: &str,
    key: &str,
    (method, path): (&str, &str),
    (headers, body): (&str, Option<&Value>),
) -> Option<(u16, Value)> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         authorization: Bearer {key}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.ok()?;
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_killed_in_the_middle_of_renewals_gives_each_period_once() {
    let (count, months) = (asked("SUBSCRIPTIONS", SUBSCRIPTIONS), asked("MONTHS", MONTHS));
    let kill_each = asked("MONTHS_A_KILL", MONTHS_A_KILL);
    let servers = if is_on_a_server() { asked("SERVERS", SERVERS) } else { 1 };
    let place = Place::new();
    let key = place.key("ops", "admin");
    let servers = (0..servers).map(|_| place.serve()).collect();
    let mut fleet = Renewing { place: &place, key, servers, dice: Dice(super::seed()) };
    for number in 0..count {
        let user = json!({ "email": format!("user-{number}@example.com"), "name": "x",
            "role": "customer" });
        let user = fleet.ask("POST", "/api/admin/users", ("", Some(user))).await;
        let plan = json!({ "user_id": user["id"], "package_id": 1 });
        let headers = format!("idempotency-key: subscribe-{number}\r\n");
        fleet.ask("POST", "/api/subscriptions", (&headers, Some(plan))).await;
    }
    let first = fleet.ask("GET", "/api/admin/subscriptions/1", ("", None)).await;
    let start = first["current_period"]["starts_at"].as_str().expect("a time");
    let anchor = Anchor::at(instant::parse(start).expect("a time"));
    let mut kills = 0;
    for month in 1..months {
        // The last one was subscribed some seconds behind the first.
        let at = anchor.boundary(i64::try_from(month).expect("a few")).expect("a month");
        let at = instant::format(at.plus(Time::DAY));
        let headers = format!("x-test-clock: {at}\r\n");
        fleet.ask("GET", "/api/credits/rate", (&headers, None)).await;
        // What a killed server had is taken over when its beat has stood still for 30 s.
        if month % kill_each == 0 {
            fleet.kill_one();
            kills += 1;
        }
        // The clock goes where any server moved it, but a killed one may not have said so.
        fleet.ask("GET", "/api/credits/rate", (&headers, None)).await;
        fleet.wait_for_period(month + 1, count).await;
    }
    let mut grants = 0;
    for id in 1..=count {
        grants += fleet.check(id, months).await;
    }
    println!("{count} subscriptions, {months} months, {kills} kills: {grants} grants");
    assert_eq!(grants, count * months);
    drop(fleet);
    assert!(place.run_on_db(&["verify"]).well().starts_with("sound: "));
}
