//! The audit log's seals: what was sealed can't change unseen.

use std::sync::Arc;

use app::proof::{Finding, Outcome, Place};
use app::{Act, Directory, Entropy, NewUser};
use domain::{Email, Role, Text};
use ledger::{Actor, Event, Kind, Seq, Time};
use testkit::Raw;

use crate::bench::{Bench, NOON, verify_home};
use crate::shelf::{Shelf, found};
use crate::workload::Workload;

/// Makes users beside the ledger: rows that no record stands for.
async fn make_users(bench: &Bench, names: &[&str]) {
    let directory = Directory::open(bench.db.clone(), Entropy::seeded([4; 32])).await.unwrap();
    for name in names {
        let new = NewUser {
            email: Email::parse(&format!("{name}@example.com")).unwrap(),
            name: Text::parse(name).unwrap(),
            role: Role::Customer,
            external_id: None,
            password_hash: None,
        };
        let act = Act { actor: Actor::System, request: None, at: NOON };
        directory.create_user(act, new).await.unwrap();
    }
}

/// A book with some dozens of rows, from the ledger and from beside it, sealed
/// twice and when it was closed.
async fn sealed() -> Shelf {
    let bench = Bench::start().await;
    let mut workload = Workload::seeded(71);
    for names in [["ada", "bob"], ["eve", "dan"]] {
        make_users(&bench, &names).await;
        workload.run(&bench.ledger, &bench.hand, 150).await;
        bench.audit.seal().await.unwrap().unwrap();
    }
    make_users(&bench, &["kim"]).await;
    Shelf::of(bench.close().await.0)
}

fn row(finding: &Finding) -> i64 {
    match &finding.place {
        Place::Row { table: "audit", key, .. } => key.parse().unwrap(),
        _ => panic!("{finding}"),
    }
}

fn run(raw: &Raw, sql: &str) {
    assert!(raw.run(sql) > 0, "{sql}");
}

/// A row beside the ledger and one of a record, neither the last.
fn two(raw: &Raw) -> [i64; 2] {
    ["seq IS NULL", "seq IS NOT NULL"].map(|which| {
        raw.number(&format!("SELECT id FROM audit WHERE {which} ORDER BY id LIMIT 1 OFFSET 2"))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sealed_log_is_sound() {
    let shelf = sealed().await;
    let report = verify_home(&shelf.home).await;
    assert_eq!(report.outcome, Outcome::Sound, "{:?}", report.finding().map(ToString::to_string));
    let raw = shelf.raw();
    assert!(raw.number("SELECT COUNT(*) FROM audit WHERE seq IS NULL") == 5);
    assert!(raw.number("SELECT COUNT(*) FROM audit WHERE seq IS NOT NULL") > 50);
    let unsealed = "SELECT COUNT(*) FROM audit WHERE id NOT IN (SELECT id FROM audit_chain)";
    assert_eq!(raw.number(unsealed), 0, "all is sealed when a server closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_field_of_a_row_that_was_changed_is_found_in_its_row() {
    let shelf = sealed().await;
    for id in two(&shelf.raw()) {
        for change in [
            "at = at + 1",
            "actor = 'user:99'",
            "action = 'users.delete'",
            "subject = subject || '0'",
            "reason = 'another'",
            "before = '{}'",
            "after = NULL",
            "request_id = 'other'",
            "seq = COALESCE(seq, 0) + 100000",
        ] {
            let change = format!("UPDATE audit SET {change} WHERE id = {id}");
            let copy = shelf.tampered(|raw| run(raw, &change));
            assert_eq!(row(&found(&copy, &change).await), id, "{change}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_was_removed_is_named() {
    let shelf = sealed().await;
    let raw = shelf.raw();
    let last = raw.number("SELECT MAX(id) FROM audit");
    for id in two(&raw).into_iter().chain([1, last]) {
        let remove = format!("DELETE FROM audit WHERE id = {id}");
        let copy = shelf.tampered(|raw| run(raw, &remove));
        assert_eq!(row(&found(&copy, &remove).await), id, "{remove}");
        // The link with it: what is behind it fits no more, or the seal does not.
        let copy = shelf.tampered(|raw| {
            run(raw, &remove);
            run(raw, &format!("DELETE FROM audit_chain WHERE id = {id}"));
        });
        let next = if id == last { last } else { id + 1 };
        assert_eq!(row(&found(&copy, &remove).await), next, "{remove} and its link");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_was_put_in_is_named() {
    let shelf = sealed().await;
    let copied = "at, actor, action, subject, reason, before, after, request_id";
    let put = |id: &str, seq: &str| {
        format!(
            "INSERT INTO audit (id, {copied}, seq)
            SELECT {id}, {copied}, {seq} FROM audit WHERE id = 1"
        )
    };
    let copy = shelf.tampered(|raw| run(raw, &put("0", "NULL")));
    assert_eq!(row(&found(&copy, "before all").await), 0);
    let last = shelf.raw().number("SELECT MAX(id) FROM audit");
    let copy = shelf.tampered(|raw| run(raw, &put(&(last + 1).to_string(), "3")));
    assert_eq!(row(&found(&copy, "of a record that has none").await), last + 1);
    // Between two rows there is room only where one was taken out.
    let copy = shelf.tampered(|raw| {
        run(raw, "DELETE FROM audit WHERE id = 2");
        run(raw, &put("2", "NULL"));
    });
    assert_eq!(row(&found(&copy, "in the place of another").await), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_without_its_row_is_found_before_anything_is_sealed() {
    let bench = Bench::start().await;
    bench.spend(3).await;
    let Bench { home, db, ledger, consumers, proof, audit, .. } = bench;
    ledger.close().await;
    consumers.close().await;
    proof.close().await.unwrap();
    assert!(audit.seal().await.is_err(), "a ledger that is closed takes no seal");
    db.close().await;
    let shelf = Shelf::of(home);
    assert_eq!(verify_home(&shelf.home).await.outcome, Outcome::Sound);
    let granted = shelf.raw().number("SELECT seq FROM audit");
    let copy = shelf.tampered(|raw| {
        run(raw, "DELETE FROM audit");
        run(raw, "DELETE FROM audit_chain");
    });
    let finding = found(&copy, "no row at all").await;
    assert_eq!(finding.place, Place::Journal(Seq::from_number(granted)), "{finding}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_chains_everything_anew_is_found_by_the_seal() {
    let shelf = sealed().await;
    let copy = shelf.tampered(|raw| {
        run(raw, "UPDATE audit SET actor = 'user:99' WHERE id = 1");
        run(raw, "DELETE FROM audit_chain");
    });
    // The server makes the links again, of rows that are not what they were.
    let bench = Bench::resume(copy, Arc::default()).await;
    assert!(bench.audit.seal().await.is_err(), "that row was sealed with another digest");
    make_users(&bench, &["lea"]).await;
    assert!(bench.audit.seal().await.unwrap().is_some());
    let (home, _) = bench.close().await;
    let finding = found(&home, "another actor").await;
    assert!(finding.what.contains("is not what record"), "{finding}");
    assert!(row(&finding) > 1, "the last row of the first seal: {finding}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_to_which_nothing_came_is_not_sealed_again() {
    let bench = Bench::start().await;
    assert!(bench.audit.seal().await.unwrap().is_none(), "an empty log");
    bench.spend(2).await;
    let sealed = bench.audit.seal().await.unwrap().unwrap();
    assert!(matches!(sealed.event, Event::Seal { through: 1, .. }), "{sealed:?}");
    let head = bench.ledger.head();
    assert_eq!(bench.audit.seal().await.unwrap().unwrap().seq, sealed.seq);
    let (home, hand) = bench.close().await;
    let bench = Bench::resume(home, hand).await;
    assert_eq!(bench.audit.seal().await.unwrap().unwrap().seq, sealed.seq);
    assert_eq!(bench.ledger.head(), head, "nor by closing and starting again");
    bench.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hour_of_the_ledgers_clock_the_log_is_sealed() {
    let bench = Bench::start().await;
    bench.spend(1).await;
    let (mut heads, before) = (bench.ledger.heads(), bench.ledger.head().seq);
    bench.hand.pass(3_600 * Time::SECOND);
    let seq = *heads.wait_for(|seq| *seq > before).await.unwrap();
    let record = bench.ledger.record(seq).await.unwrap().unwrap().record;
    assert_eq!((record.event.kind(), &record.actor), (Kind::Seal, &Actor::System));
    bench.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_left_unsealed_for_an_hour_is_sealed_by_the_next_start() {
    let bench = Bench::start().await;
    make_users(&bench, &["ada"]).await;
    let Bench { home, db, ledger, consumers, proof, hand, .. } = bench;
    ledger.close().await;
    consumers.close().await;
    proof.close().await.unwrap();
    db.close().await;
    hand.pass(3_600 * Time::SECOND);
    let bench = Bench::resume(home, hand).await;
    let mut heads = bench.ledger.heads();
    let seq = *heads.wait_for(|seq| *seq > Seq::from_number(1)).await.unwrap();
    let record = bench.ledger.record(seq).await.unwrap().unwrap().record;
    assert_eq!(record.event.kind(), Kind::Seal);
    bench.close().await;
}
