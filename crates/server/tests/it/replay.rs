//! The main job: a trace of LLM calls billed through the real API.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::program::{Place, Server, grant, head};

/// About as many rows as the real trace has.
const ROWS: usize = 8_818;

/// What a token costs, in micro-credits: 0.002 in, 0.008 out.
const INPUT: i64 = 2_000;
const OUTPUT: i64 = 8_000;

/// A trace of the real one's shape that this test makes up by itself.
fn made_up(place: &Place) -> PathBuf {
    let mut text = String::from("TIMESTAMP,ContextTokens,GeneratedTokens\n");
    let mut state = 42_u64;
    let mut next = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) % most
    };
    for _ in 0..ROWS {
        let (input, output) = (3 + next(7_400), 6 + next(240));
        writeln!(text, "2023-11-16 18:17:03.9799600,{input},{output}").unwrap();
    }
    let path = place.path("trace.csv");
    std::fs::write(&path, text).unwrap();
    path
}

/// What all rows of a file cost, read without anything of the product's.
fn cost(path: &Path) -> (usize, i64) {
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).map(|line| {
        let mut counts = line.split(',').skip(1).map(|count| count.trim().parse::<i64>().unwrap());
        counts.next().unwrap() * INPUT + counts.next().unwrap() * OUTPUT
    });
    rows.fold((0, 0), |(count, sum), row| (count + 1, sum + row))
}

fn micros(credits: &serde_json::Value) -> i64 {
    credits.as_str().unwrap().parse::<client::Credits>().unwrap().micros()
}

struct Billing {
    place: Place,
    server: Server,
    key: String,
    user: String,
}

impl Billing {
    async fn start() -> Self {
        let place = Place::new();
        let (user, key) = (place.user("ada"), place.key("replay", "admin"));
        let server = place.serve();
        grant(&server.client(&key), user, 1_000_000).await;
        Self { place, server, key, user: user.to_string() }
    }

    fn replay(&self, trace: &Path, fail_rate: &str) -> serde_json::Value {
        let Self { place, server, key, user } = self;
        let trace = trace.to_str().unwrap();
        let to = ["--url", &server.url, "--key", key, "--user", user];
        let how = ["replay", trace, "--json", "--seed", "7", "--fail-rate", fail_rate];
        let printed = place.run(&[&how[..], &to].concat()).well();
        serde_json::from_str(&printed).unwrap()
    }
}

/// Bills a file twice over HTTP and holds the sums against the file's.
async fn bill_twice(billing: &Billing, trace: &Path) {
    let (rows, cost) = cost(trace);
    let first = billing.replay(trace, "0");
    assert_eq!(first["runs"], rows);
    assert_eq!((&first["refused"], &first["replayed"]), (&0.into(), &0.into()));
    assert_eq!(micros(&first["captured"]), cost, "captured is what the file costs");
    assert_eq!(micros(&first["held"]), cost);
    assert_eq!(first["verify"], "sound, says the server");
    let before = head(&billing.server).await;
    let second = billing.replay(trace, "0");
    assert_eq!(second["replayed"], 2 * rows, "every answer is a stored one");
    assert_eq!(second["captured"], first["captured"]);
    assert_eq!(head(&billing.server).await, before, "nothing was appended");
    let report = billing.place.run_on_db(&["verify"]).well();
    assert!(report.starts_with("sound: "), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_billed_over_http_costs_what_its_rows_say_and_a_second_replay_nothing() {
    let billing = Billing::start().await;
    let trace = made_up(&billing.place);
    bill_twice(&billing, &trace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_trace_billed_over_http_costs_what_its_rows_say() {
    let Some(trace) = real_trace() else {
        println!("skipped: azure-llm-code.csv is not here; CREDITS_TRACE says where it is");
        return;
    };
    let billing = Billing::start().await;
    bill_twice(&billing, &trace).await;
}

/// The real trace, where it is: it is not part of this repository.
fn real_trace() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tells the test where its data is")]
    let named = std::env::var_os("CREDITS_TRACE").map(PathBuf::from);
    let beside =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/azure-llm-code.csv");
    named.or(Some(beside)).filter(|path| path.exists())
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_fail_are_released_and_cost_nothing() {
    let billing = Billing::start().await;
    let trace = billing.place.path("trace.csv");
    let rows = "1000,100\n".repeat(200);
    std::fs::write(&trace, format!("ContextTokens,GeneratedTokens\n{rows}")).unwrap();
    let replayed = billing.replay(&trace, "0.25");
    let (captures, releases) = (&replayed["captures"], &replayed["releases"]);
    let (captures, releases) = (captures.as_i64().unwrap(), releases.as_i64().unwrap());
    assert_eq!(captures + releases, 200);
    assert!((30..70).contains(&releases), "{releases}");
    assert_eq!(micros(&replayed["captured"]), captures * 2_800_000);
    assert_eq!(micros(&replayed["released"]), releases * 2_800_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_credits_is_refused_and_the_replay_goes_on() {
    let place = Place::new();
    let (user, key) = (place.user("ada").to_string(), place.key("replay", "admin"));
    let server = place.serve();
    let to = ["--url", &server.url, "--key", &key, "--user", &user, "--json"];
    let printed = place.run(&[&["replay", "--rows", "20"][..], &to].concat()).well();
    let replayed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&replayed["runs"], &replayed["refused"]), (&20.into(), &20.into()));
    assert_eq!(replayed["captured"], "0");
}

#[test]
fn without_a_server_a_replay_makes_a_book_and_bills_a_made_up_trace_into_it() {
    let place = Place::new();
    let replay = ["replay", "--rows", "300", "--seed", "3"];
    let first = place.run_on_db(&replay).well();
    assert!(first.contains("verify            sound: "), "{first}");
    assert!(first.contains("runs              300 ("), "{first}");
    let records = |place: &Place| {
        let report = place.run_on_db(&["verify", "--json"]).well();
        serde_json::from_str::<serde_json::Value>(&report).unwrap()["records"].clone()
    };
    let before = records(&place);
    let second = place.run_on_db(&replay).well();
    assert!(second.contains("all 600: stored answers, nothing was appended"), "{second}");
    assert_eq!(records(&place), before);
}
