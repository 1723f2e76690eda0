//! The audit log: what is kept and in which order, and its chain.

use ledger::{Hash, Seq};
use store::audit::{self, Entry, Filter};
use store::audit_chain::{self, Link};
use store::{Page, Sql, words};

use crate::scratch::{NOW, database, read, write};

fn entry(subject: &str, reason: Option<&str>) -> Entry {
    Entry {
        at: NOW,
        actor: "user:1".to_owned(),
        action: "users.update".to_owned(),
        subject: subject.to_owned(),
        reason: reason.map(str::to_owned),
        before: Some("{}".to_owned()),
        after: None,
        request_id: Some("r".to_owned()),
        seq: None,
    }
}

#[tokio::test]
async fn actions_are_listed_newest_first_and_by_subject() {
    let (_scratch, db) = database();
    let entries = [entry("user:2", Some("because")), entry("user:3", None), entry("user:2", None)];
    let added = entries.clone();
    write!(db, |tx| {
        for entry in &added {
            tx.exec(audit::insert(entry)).await?.expect_one()?;
        }
        Ok(())
    })
    .unwrap();
    let page = Page::numbered(1, 10);
    let all = read!(db, |tx| tx.all(audit::list(Filter::default(), page)).await).unwrap();
    let found: Vec<_> = all.into_iter().map(|row| row.entry).collect();
    assert_eq!(found, [entries[2].clone(), entries[1].clone(), entries[0].clone()]);
    let page = Page::numbered(2, 1);
    let one = read!(db, |tx| tx.all(audit::by_subject("user:2", page)).await).unwrap();
    assert_eq!((one.len(), &one[0].entry), (1, &entries[0]));
    let written = read!(db, |tx| tx.all(audit::after(1, 10)).await).unwrap();
    assert_eq!(written.iter().map(|row| row.id).collect::<Vec<_>>(), [2, 3]);
}

#[tokio::test]
async fn every_part_of_a_filter_narrows_the_list_and_its_count() {
    let (_scratch, db) = database();
    let late = Entry { at: NOW.plus(9), actor: "key:ops".to_owned(), ..entry("user:2", None) };
    let other = Entry { action: "credits.add".to_owned(), ..entry("user:3", None) };
    let added = [entry("user:2", None), late, other];
    write!(db, |tx| {
        for entry in &added {
            tx.exec(audit::insert(entry)).await?.expect_one()?;
        }
        Ok(())
    })
    .unwrap();
    let all = Filter::default();
    for (filter, ids) in [
        (all, &[2, 3, 1][..]),
        (Filter { actor: Some("key:ops"), ..all }, &[2]),
        (Filter { action: Some("credits.add"), ..all }, &[3]),
        (Filter { subject: Some("user:2"), ..all }, &[2, 1]),
        (Filter { subject: Some("user:2"), actor: Some("user:1"), ..all }, &[1]),
        (Filter { from: Some(NOW.plus(1)), ..all }, &[2]),
        (Filter { until: Some(NOW), ..all }, &[3, 1]),
        (Filter { from: Some(NOW.plus(10)), ..all }, &[]),
    ] {
        let page = Page::numbered(1, 10);
        let rows = read!(db, |tx| tx.all(audit::list(filter, page)).await).unwrap();
        let found: Vec<_> = rows.iter().map(|row| row.id).collect();
        assert_eq!(found, ids, "{filter:?}");
        let count = read!(db, |tx| tx.one(audit::count(filter)).await).unwrap();
        assert_eq!(count, i64::try_from(ids.len()).unwrap(), "{filter:?}");
    }
}

#[tokio::test]
async fn records_have_the_words_that_were_not_erased() {
    const WORDS: Sql = Sql::both("t.words", "INSERT INTO words VALUES (1, 5, x'', 'why')");
    let (_scratch, db) = database();
    write!(db, |tx| tx.exec(WORDS.change([])).await?.expect_one()).unwrap();
    let records = [5, 6].map(Seq::from_number);
    let words = read!(db, |tx| tx.all(words::of_each(records)).await).unwrap();
    assert_eq!(words, [(records[0], "why".to_owned())]);
}

#[tokio::test]
async fn links_are_read_in_order_and_the_last_one_by_itself() {
    let (_scratch, db) = database();
    let none = read!(db, |tx| tx.opt(audit_chain::last()).await).unwrap();
    assert_eq!(none, None);
    let links = [1, 4, 9].map(|id| Link { id, hash: Hash([7; 32]) });
    write!(db, |tx| audit_chain::append(tx, &links).await).unwrap();
    let last = read!(db, |tx| tx.opt(audit_chain::last()).await).unwrap();
    assert_eq!(last, Some(links[2]));
    let behind = read!(db, |tx| tx.all(audit_chain::after(1, 1)).await).unwrap();
    assert_eq!(behind, [links[1]]);
}
