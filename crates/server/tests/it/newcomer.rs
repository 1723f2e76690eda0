//! A newcomer's path: what the README says to type, typed.

use std::fs::{self, File};
use std::process::Command;

use rustix::process::Signal;

use crate::program::{Place, Server};

const README: &str = include_str!("../../../../README.md");

/// The commands of the README, block by block.
fn blocks() -> Vec<&'static str> {
    let parts = README.split("```sh\n").skip(1);
    parts.map(|part| part.split("```").next().expect("a block ends")).collect()
}

/// A server of the demo, and where what it says on standard error goes.
fn demo(place: &Place) -> Server {
    let db = place.db();
    let mut command = place.command(&["serve", "--demo", "--db", &db, "--listen", "127.0.0.1:0"]);
    command.stderr(File::create(place.path("said")).unwrap());
    Server::start(command)
}

fn said(place: &Place) -> String {
    fs::read_to_string(place.path("said")).unwrap()
}

#[test]
fn the_readmes_own_commands_sign_in_spend_show_it_and_buy() {
    let [run, spend, look, buy, key, test] = blocks()[..] else {
        panic!("other blocks: {:?}", blocks())
    };
    assert_eq!((run, test), ("make run\n", "make test\n"));
    let place = Place::new();
    let server = demo(&place);
    // The page is for a browser; that it is there can be seen without one.
    let docs = "curl -sf http://127.0.0.1:8005/docs/ | grep -o swagger-ui-bundle\n";
    let script = [spend, look, buy, key, docs].concat();
    let script = script.replace("http://127.0.0.1:8005", &server.url);
    let script = script.replace("target/release/credits", env!("CARGO_BIN_EXE_credits"));
    let mut typed = Command::new("bash");
    typed.args(["-euo", "pipefail", "-c", &script]).env("CREDITS_DB", place.db());
    let typed = typed.current_dir(place.path("")).output().expect("bash and curl");
    let printed = String::from_utf8(typed.stdout).unwrap();
    let errors = String::from_utf8_lossy(&typed.stderr);
    assert!(typed.status.success(), "{printed}\n{errors}");
    let spent = r#""amount":-1,"description":"A picture of a cat","transaction_type":"service""#;
    assert_eq!(printed.matches(spent).count(), 2, "the answer, and the history: {printed}");
    assert!(printed.contains(r#""dollar_amount":95"#), "a thousand at once: {printed}");
    assert!(printed.contains(r#""package_id":1,"status":"active""#), "{printed}");
    assert_eq!(printed.matches(r#""credit_status":"active""#).count(), 2, "{printed}");
    assert!(printed.contains("sound: ") && printed.contains("swagger-ui-bundle"), "{printed}");
}

#[test]
fn the_demo_says_who_can_sign_in_and_started_again_keeps_what_is_there() {
    let place = Place::new();
    for (says, not) in [("is new: living a month", "in use"), ("is in use already", "is new")] {
        let (code, _) = demo(&place).stop(Signal::TERM);
        assert_eq!(code, Some(0));
        let said = said(&place);
        assert!(said.contains(says) && !said.contains(not), "{said}");
        assert!(said.contains("admin@example.com") && said.contains("/docs/"), "{said}");
    }
}

#[test]
fn a_live_book_has_no_demo() {
    let place = Place::new();
    let ended = place.run_on_db(&["serve", "--demo", "--mode", "live", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.err, "error: --demo is for test books: leave --mode out\n");
    assert!(place.files().is_empty(), "{:?}", place.files());
}
