//! A wall clock that is set, or runs wild, while clients are at work: times go on
//! forward, a step of more than a minute waits for a person, and no answer is lost.
//!
//! libfaketime says what time it is. The monotonic clock stays the machine's own, as it
//! does where somebody sets the wall's. CREDITS_SOAK_CLOCKS says how many of the
//! scenarios are played, in their order.

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rustix::process::Signal;
use serde_json::Value;
use testkit::TestPlace;

use super::load::{Load, Running};
use super::wire::{Request, Wire};
use super::{need, said, seed, tool};
use crate::fleet::Dice;
use crate::program::{Place, Server, end};

/// Scenarios unless it is said.
const SCENARIOS_PLAYED: u64 = 4;
/// Good answers before the clock is set.
const ANSWERS: u64 = 60;
/// Good answers after it was confirmed.
const ANSWERS_AFTER: usize = 60;
/// How long a grant and a hold live, in seconds.
const LIFE: i64 = 1_800;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// What happens to the wall clock.
#[derive(Clone, Copy, Debug)]
struct Scenario {
    mode: &'static str,
    /// The day it begins, at noon; today if none.
    begins: Option<(i16, i8, i8)>,
    /// How far it is set, in seconds.
    step: i64,
    /// How fast it runs then.
    rate: u32,
}

const fn by(mode: &'static str, step: i64) -> Scenario {
    Scenario { mode, begins: None, step, rate: 1 }
}

const fn on(day: (i16, i8, i8), scenario: Scenario) -> Scenario {
    Scenario { begins: Some(day), ..scenario }
}

const SCENARIOS: [Scenario; 12] = [
    by("live", 31 * DAY),
    by("test", -5 * DAY),
    on((2028, 2, 28), by("live", DAY)),
    Scenario { rate: 100, ..by("live", 0) },
    by("live", HOUR),
    by("live", -HOUR),
    by("live", -5 * DAY),
    on((2028, 2, 29), by("test", DAY)),
    on((2027, 1, 31), by("test", 31 * DAY)),
    by("live", 30),
    by("live", -30),
    Scenario { rate: 100, ..by("test", 0) },
];

impl Scenario {
    /// Whether a person has to look.
    const fn jumps(&self) -> bool {
        self.step.abs() > 60 || self.rate > 1
    }
}

/// A book, and the clock of its machine.
struct Book {
    place: Place,
    scenario: Scenario,
    /// The library that fakes the time.
    library: String,
    /// Seconds from the machine's own time to that of the beginning.
    offset: i64,
}

impl Book {
    fn new(scenario: Scenario) -> Self {
        need("faketime", "faketime");
        // The library for threads: the other one's have a buffer in common, and one that
        // reads the file may find no offset in it for a moment, as if a clock were set.
        let mut faketime = tool("faketime");
        let asked = faketime.args(["-m", "-f", "+0", "printenv", "LD_PRELOAD"]).output().unwrap();
        let library = end(asked).well().trim().to_owned();
        let offset = scenario.begins.map_or(0, |(year, month, day)| {
            let noon = date(year, month, day).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
            noon.timestamp().as_second() - now().as_second()
        });
        let book = Self { place: Place::new(), scenario, library, offset };
        book.set(0, 1);
        book
    }

    /// Sets the wall clock.
    fn set(&self, step: i64, rate: u32) {
        // The rate is said always: without one it stays what it was.
        // Under another name first: the server may read it at any moment.
        let new = self.place.path("clock.new");
        std::fs::write(&new, format!("{:+} x{rate}\n", self.offset + step)).unwrap();
        std::fs::rename(new, self.place.path("clock")).unwrap();
    }

    fn serve(&self) -> Server {
        let (db, mode) = (self.place.db(), self.scenario.mode);
        let serve = ["serve", "--db", &db, "--mode", mode, "--listen", "127.0.0.1:0"];
        let mut command = self.place.command(&serve);
        command.env("LD_PRELOAD", &self.library).env("FAKETIME_NO_CACHE", "1");
        command.env("FAKETIME_TIMESTAMP_FILE", self.place.path("clock"));
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
        Server::start(command)
    }

    /// Has clients at work, and sets the clock beneath them.
    async fn set_under_load(&self, load: &mut Load, server: &Server, seed: u64) {
        let Scenario { step, rate, .. } = self.scenario;
        if !self.scenario.jumps() {
            let running = Running::until(ANSWERS_AFTER * 2);
            let setting = async {
                running.wait_for(ANSWERS).await;
                self.set(step, rate);
            };
            tokio::join!(setting, load.run(server, &running, seed));
            assert_eq!(load.wire(server).get("/readyz").await.status, 200);
            return;
        }
        for round in 0..if rate > 1 { 3 } else { 1 } {
            let running = Running::until_refused();
            let setting = async {
                // A clock that runs wild does so from the first round on.
                if round == 0 {
                    running.wait_for(ANSWERS).await;
                    self.set(step, rate);
                }
            };
            tokio::join!(setting, load.run(server, &running, seed ^ round));
            check_waiting(load, server).await;
            confirm(&mut load.wire(server)).await;
        }
        if rate > 1 {
            self.set(0, 1);
            confirm_if_asked(&mut load.wire(server)).await;
        }
    }

    /// Each time is behind the one before.
    fn check_times(&self) -> usize {
        let file = TestPlace::File(self.place.path("book.db")).raw();
        let times = file.lines("SELECT at FROM history ORDER BY seq").into_iter();
        let times: Vec<i64> = times.map(|time| time.parse().unwrap()).collect();
        assert!(times.is_sorted_by(|one, next| one < next), "a time is not behind the last");
        times.len()
    }
}

/// Mutations wait for a person, whatever they are. Reads go on.
async fn check_waiting(load: &Load, server: &Server) {
    let mut wire = load.wire(server);
    let ready = wire.get("/readyz").await;
    assert_eq!((ready.status, ready.code().as_str()), (503, "clock_jump"));
    for one in load.last_round() {
        let answer = one.answer.as_ref().expect("an answer, not a broken connection");
        assert_eq!(answer.code(), "clock_jump", "{}: {answer:?}", one.path);
    }
    let reads = ["balance", "transactions", "summary"];
    for path in reads.map(|what| format!("/api/credits/{what}?user_id=1")) {
        let read = wire.get(&path).await;
        assert_eq!(read.status, 200, "{path}: {read:?}");
    }
}

async fn confirm(wire: &mut Wire) {
    let path = "/api/admin/clock/confirm";
    let request = Request { method: "POST", path, key: None, body: "" };
    assert_eq!(wire.ask(request).await.unwrap().status, 204);
}

/// Confirms a clock that waits for it.
async fn confirm_if_asked(wire: &mut Wire) -> bool {
    let ready = wire.get("/readyz").await;
    if ready.status == 200 {
        return false;
    }
    assert_eq!(ready.code(), "clock_jump");
    confirm(wire).await;
    true
}

/// A user whose grant and hold end after [`LIFE`].
struct Mortal {
    user: i64,
    hold: String,
    expires: Timestamp,
    /// When they spent a credit.
    spent: Vec<Timestamp>,
}

impl Mortal {
    /// A hundred credits for ever, ten for a while, five of those held.
    async fn new(wire: &mut Wire, user: i64) -> Self {
        let mut mortal = Self { user, hold: String::new(), expires: Timestamp::MAX, spent: vec![] };
        let ever = format!(
            r#"{{"user_id":{user},"amount":100,"source":"promotion","description":"ever"}}"#
        );
        let granted = wire.post("/api/credits/grants", "ever", &ever).await.json();
        mortal.expires = time(&granted["created_at"]) + SignedDuration::from_secs(LIFE);
        let expires = mortal.expires;
        let while_ = format!(
            r#"{{"user_id":{user},"amount":10,"source":"promotion","description":"a while",
                "expires_at":"{expires}"}}"#
        );
        assert_eq!(wire.post("/api/credits/grants", "while", &while_).await.status, 201);
        let hold = format!(r#"{{"user_id":{user},"amount":5,"expires_in":{LIFE}}}"#);
        let held = wire.post("/api/credits/holds", "hold", &hold).await.json();
        mortal.hold = held["id"].as_str().unwrap().to_owned();
        mortal.spend(wire).await;
        mortal
    }

    async fn spend(&mut self, wire: &mut Wire) {
        let (user, key) = (self.user, format!("mortal-{}", self.spent.len()));
        let body = format!(r#"{{"user_id":{user},"amount":1}}"#);
        let spent = wire.post("/api/credits/spend", &key, &body).await;
        assert_eq!(spent.status, 201, "{spent:?}");
        self.spent.push(time(&spent.json()["created_at"]));
    }

    /// What has ended by the last spend is gone, what has not is there; and the month is
    /// that of the last spend.
    async fn check(&self, wire: &mut Wire) {
        let last = *self.spent.last().unwrap();
        let is_over = last >= self.expires;
        let hold = wire.get(&format!("/api/credits/holds/{}", self.hold)).await.json();
        assert_eq!(hold["status"], if is_over { "expired" } else { "open" }, "{hold}");
        let before = self.spent.iter().filter(|at| **at < self.expires).count();
        let after = self.spent.len() - before;
        // What is spent in time is of the ten that end.
        let left = if is_over { 100 - after } else { 110 - before };
        let summary = wire.get(&format!("/api/credits/summary?user_id={}", self.user)).await.json();
        assert_eq!(summary["current_balance"], left, "{summary}");
        let this_month = self.spent.iter().filter(|at| month(**at) == month(last)).count();
        assert_eq!(summary["monthly_credits_spent"], this_month, "{summary}");
        assert_eq!(time(&summary["month_starts_at"]), month(last), "{summary}");
    }
}

/// When its month began.
fn month(at: Timestamp) -> Timestamp {
    let first = at.to_zoned(TimeZone::UTC).date().first_of_month();
    first.to_zoned(TimeZone::UTC).unwrap().timestamp()
}

fn time(value: &Value) -> Timestamp {
    value.as_str().expect("a time").parse().unwrap()
}

fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "what is faked counts from the machine's time")]
    Timestamp::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_under_load_waits_for_a_person_and_loses_no_answer() {
    let count = usize::try_from(said("CREDITS_SOAK_CLOCKS", SCENARIOS_PLAYED)).unwrap();
    let mut dice = Dice(seed());
    for scenario in SCENARIOS.into_iter().cycle().take(count) {
        play(scenario, dice.below(u64::MAX)).await;
    }
}

async fn play(scenario: Scenario, seed: u64) {
    let book = Book::new(scenario);
    let server = book.serve();
    let mut load = Load::new(&book.place);
    load.begin(&server).await;
    let mut mortal = Mortal::new(&mut load.wire(&server), book.place.user("mortal")).await;
    book.set_under_load(&mut load, &server, seed).await;
    load.settle(&server, &load.done()).await;
    mortal.spend(&mut load.wire(&server)).await;
    mortal.check(&mut load.wire(&server)).await;
    load.run(&server, &Running::until(ANSWERS_AFTER), seed).await;
    assert_eq!(server.stop(Signal::TERM).0, Some(0));
    let server = book.serve();
    let again = confirm_if_asked(&mut load.wire(&server)).await;
    mortal.spend(&mut load.wire(&server)).await;
    mortal.check(&mut load.wire(&server)).await;
    let settled = load.settle(&server, &load.done()).await;
    assert_eq!(server.stop(Signal::TERM).0, Some(0));
    let report = book.place.run_on_db(&["verify"]).well();
    assert!(report.starts_with("sound: "), "{report}");
    let times = book.check_times();
    println!("{scenario:?}: {settled} settled, {times} times, confirmed at the start: {again}");
}
