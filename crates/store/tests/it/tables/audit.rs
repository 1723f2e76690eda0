//! The audit log: what is kept and in which order.

use store::Page;
use store::audit::{self, Entry};

use crate::scratch::{NOW, database, read, write};

#[tokio::test]
async fn actions_are_listed_newest_first_and_by_subject() {
    let (_scratch, db) = database();
    let entry = |subject: &str, reason: Option<&str>| Entry {
        at: NOW,
        actor: "user:1".to_owned(),
        action: "users.update".to_owned(),
        subject: subject.to_owned(),
        reason: reason.map(str::to_owned),
        before: Some("{}".to_owned()),
        after: None,
        request_id: Some("r".to_owned()),
    };
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
    let all = read!(db, |tx| tx.all(audit::list(page)).await).unwrap();
    let found: Vec<_> = all.into_iter().map(|row| row.entry).collect();
    assert_eq!(found, [entries[2].clone(), entries[1].clone(), entries[0].clone()]);
    let page = Page::numbered(2, 1);
    let one = read!(db, |tx| tx.all(audit::by_subject("user:2", page)).await).unwrap();
    assert_eq!((one.len(), &one[0].entry), (1, &entries[0]));
}
