//! Mails: one a fact.

use store::Page;
use store::mails::{self, Filter, New};

use crate::scratch::{NOW, database, read, write};

fn new(key: &str, user_id: i64, kind: &str) -> New {
    let (key, kind, data) = (key.to_owned(), kind.to_owned(), "{}".to_owned());
    New { key, kind, user_id, data, created_at: NOW }
}

#[tokio::test]
async fn a_fact_has_one_mail_and_mails_are_found_by_user_and_kind() {
    let (scratch, db) = database();
    for user in ["ada", "bob"] {
        let insert = format!(
            "INSERT INTO users (email, email_folded, name, role, created_at, updated_at)
            VALUES ('{user}', '{user}', '{user}', 'customer', 1, 1)"
        );
        scratch.raw().execute_batch(&insert).unwrap();
    }
    let hits = write!(db, |tx| {
        let mut hits = Vec::new();
        for new in [new("a", 1, "x"), new("a", 2, "y"), new("b", 2, "x"), new("c", 1, "y")] {
            hits.push(tx.exec(mails::queue(&new)).await?.at_most_one()?);
        }
        Ok(hits)
    });
    assert_eq!(hits.unwrap(), [true, false, true, true]);
    for (user, kind, expected) in [
        (None, None, &["c", "b", "a"][..]),
        (Some(1), None, &["c", "a"]),
        (None, Some("x"), &["b", "a"]),
        (Some(1), Some("x"), &["a"]),
        (Some(3), None, &[]),
    ] {
        let found = read!(db, |tx| {
            let filter = Filter { user, kind };
            let all = Page { limit: 9, offset: 0 };
            let count = tx.one(mails::count(filter)).await?;
            Ok((count, tx.all(mails::list(filter, all)).await?))
        });
        let (count, found) = found.unwrap();
        let keys: Vec<_> = found.into_iter().map(|mail| mail.of.key).collect();
        assert_eq!(keys, expected);
        assert_eq!(count, i64::try_from(expected.len()).unwrap());
    }
}
