//! A book that lived a month is carried from a file to the engine under test and on
//! to another file: everything is there, and goes on where it was.

use std::collections::BTreeMap;
use std::process::Command;

use client::{Charge, Client, Key};
use ledger::Time;
use rustix::process::Signal;
use store::rows::WholeRow;
use store::{Address, Db, Options, ServerOptions, copying};

use crate::program::{Ended, Place, Server};

/// More than any table of these tests has.
const ALL: i64 = 1_000_000;
const EMAIL: &str = "juniper@example.com";
const PASSWORD: &str = "try-it-yourself";

/// Every row of every table, in an order of its own.
async fn rows(url: &str) -> BTreeMap<&'static str, Vec<WholeRow>> {
    let now = Time::from_micros(0);
    let db = match url.strip_prefix("sqlite:") {
        Some(path) => Db::open(&Options::tool(path, now)).unwrap(),
        None => Db::connect(&ServerOptions::tool(Address::parse(url).unwrap(), now)).await.unwrap(),
    };
    let read = db.read::<_, store::Error, _>(|tx| {
        Box::pin(async move {
            let mut all = BTreeMap::new();
            for table in copying::tables() {
                let mut rows = tx.all(table.rows_from(None, ALL)).await?;
                rows.sort_by(|one, other| one.data().cmp(other.data()));
                all.insert(table.name(), rows);
            }
            Ok(all)
        })
    });
    let read = read.await.unwrap();
    db.close().await;
    read
}

fn file(place: &Place, name: &str) -> String {
    format!("sqlite:{}", place.path(name).display())
}

fn serve(place: &Place, db: &str, more: &[&str]) -> Server {
    let arguments = [&["serve", "--db", db, "--listen", "127.0.0.1:0"], more].concat();
    Server::start(place.command(&arguments))
}

fn copy(place: &Place, from: &str, to: &str) -> Ended {
    place.run(&["copy", "--from", from, "--to", to])
}

fn verify(place: &Place, db: &str) -> String {
    let said = place.run(&["verify", "--db", db]).well();
    assert!(said.starts_with("sound: "), "{said}");
    said.trim().rsplit("head ").next().unwrap().to_owned()
}

/// Signs in as `curl` does: the session, and whose it is.
fn sign_in(server: &Server) -> (String, i64) {
    let body = format!(r#"{{"email": "{EMAIL}", "password": "{PASSWORD}"}}"#);
    let mut curl = Command::new("curl");
    curl.args(["-sf", "-H", "Content-Type: application/json", "-d", &body]);
    let ended = curl.arg(format!("{}/api/auth/login", server.url)).output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
    let token = told["token"].as_str().unwrap().to_owned();
    (token, told["user"]["id"].as_i64().unwrap())
}

/// What a key and a session are told by a server of the book.
struct Caller {
    key: String,
    session: String,
    user: i64,
    charge: Charge,
}

impl Caller {
    async fn spend(&self, server: &Server, key: &str) -> client::Answer<client::Transaction> {
        server.client(&self.key).spend(&Key::new(key), &self.charge).await.unwrap()
    }
}

/// A demo month in a file, and somebody who spent in it.
async fn book(place: &Place, db: &str) -> (Caller, client::Transaction) {
    let server = serve(place, db, &["--demo"]);
    let made =
        place.run(&["key", "create", "--name", "mover", "--scopes", "admin", "--db", db]).well();
    let (session, user) = sign_in(&server);
    let charge = Charge::amount(user, "1".parse().unwrap()).description("before the move");
    let caller = Caller { key: made.trim().to_owned(), session, user, charge };
    let spent = caller.spend(&server, "before").await;
    assert!(!spent.replayed);
    assert_eq!(server.stop(Signal::TERM).0, Some(0));
    (caller, spent.value)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_carried_there_and_back_and_goes_on_in_both() {
    let place = Place::new();
    let (first, second, third) = (file(&place, "first.db"), place.db(), file(&place, "third.db"));
    let (caller, before) = book(&place, &first).await;

    let said = copy(&place, &first, &second).well();
    assert!(said.contains("\njournal ") || said.starts_with("journal "), "{said}");
    assert!(said.contains("never serve"), "{said}");
    same(&rows(&first).await, &rows(&second).await);
    let head = verify(&place, &first);
    assert_eq!(verify(&place, &second), head);
    assert!(said.contains(&format!("Head: {head}\n")), "{said}");

    let server = serve(&place, &second, &[]);
    let again = caller.spend(&server, "before").await;
    assert_eq!((again.value, again.replayed), (before.clone(), true));
    let session = Client::new(&server.url, &caller.session).unwrap();
    assert_eq!(session.balance(caller.user).await.unwrap().current_credits, before.balance_after);
    sign_in(&server);
    let newcomer = place.run_on_db(&["user", "create", "--email", "n@example.com", "--name", "N"]);
    let newcomer: i64 = newcomer.well().trim().parse().unwrap();
    let after = caller.spend(&server, "after").await.value;
    assert_eq!(server.stop(Signal::TERM).0, Some(0));

    copy(&place, &second, &third).well();
    same(&rows(&second).await, &rows(&third).await);
    assert_eq!(verify(&place, &third), verify(&place, &second));
    let server = serve(&place, &third, &[]);
    for (key, told) in [("before", before), ("after", after)] {
        let again = caller.spend(&server, key).await;
        assert_eq!((again.value, again.replayed), (told, true), "{key}");
    }
    sign_in(&server);
    let args = ["user", "create", "--email", "m@example.com", "--name", "M", "--db", &third];
    assert_eq!(place.run(&args).well().trim().parse(), Ok(newcomer + 1));
    assert_eq!(server.stop(Signal::TERM).0, Some(0));
    verify(&place, &third);
}

#[track_caller]
fn same(
    one: &BTreeMap<&'static str, Vec<WholeRow>>,
    other: &BTreeMap<&'static str, Vec<WholeRow>>,
) {
    assert!(one["journal"].len() > 100 && !one["sessions"].is_empty(), "a month was lived");
    for (table, rows) in one {
        assert!(rows == &other[table], "{table} differs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_copied_is_refused_and_half_a_copy_is_not_served() {
    let place = Place::new();
    let (from, to) = (file(&place, "from.db"), place.db());
    let said = |ended: Ended| {
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
        ended.err.replace(place.path("").to_str().unwrap(), "FOLDER/").replace(&to, "TO")
    };
    let said = |ended| said(ended).replace(to.trim_start_matches("sqlite:"), "TO");
    let none = said(copy(&place, &from, &to));
    assert_eq!(none, "error: there is no database at FOLDER/from.db\n");
    place.run(&["user", "create", "--email", "a@example.com", "--name", "A", "--db", &from]).well();
    let same = said(copy(&place, &from, &from));
    assert_eq!(same, "error: --from and --to are one database\n");

    let server = serve(&place, &from, &[]);
    let served = said(copy(&place, &from, &to));
    assert!(served.contains("from.db is in use by another server: stop it, then copy"), "{served}");
    drop(server);

    copy(&place, &from, &to).well();
    let taken = said(copy(&place, &from, &to));
    assert!(taken.contains("holds a book already"), "{taken}");

    let half = file(&place, "half.db");
    copy(&place, &to, &half).well();
    testkit::tamper(&place.path("half.db"), "DELETE FROM books; DELETE FROM heads");
    let unfinished = said(copy(&place, &from, &half));
    assert!(unfinished.contains("interrupted") && unfinished.contains("drop it"), "{unfinished}");
    let unserved = said(place.run(&["serve", "--db", &half, "--listen", "127.0.0.1:0"]));
    assert!(unserved.contains("a copy to it was interrupted"), "{unserved}");
}
