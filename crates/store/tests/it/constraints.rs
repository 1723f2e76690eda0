//! Every named constraint of the schema, broken once.

use std::collections::BTreeSet;

use store::{Constraint, Db, Error, OnConstraint, Sql};

use crate::breaks::{BREAKS, ROWS};
use crate::scratch::{database, write};

async fn run(db: &Db, sql: &'static Sql) -> Result<(), Error> {
    write!(db, |tx| tx.exec(sql.change([])).await?.expect_one())
}

#[tokio::test]
async fn every_constraint_is_known_by_its_name() {
    let (_scratch, db) = database();
    for sql in ROWS {
        run(&db, sql).await.unwrap();
    }
    for (expected, sql) in BREAKS {
        match run(&db, sql).await {
            Err(Error::Constraint(broken)) => assert_eq!(broken, *expected, "{}", sql.name()),
            other => panic!("{expected:?} held or was not known: {other:?}"),
        }
    }
    let broken: BTreeSet<_> = BREAKS.iter().map(|(constraint, _)| constraint.name()).collect();
    let known: BTreeSet<_> = Constraint::ALL.iter().map(|constraint| constraint.name()).collect();
    assert_eq!(broken, known);
}

#[tokio::test]
async fn a_constraint_becomes_what_it_means_and_other_errors_stay() {
    #[derive(Debug)]
    enum Meaning {
        Taken,
        Other(Error),
    }
    impl From<Error> for Meaning {
        fn from(error: Error) -> Self {
            Self::Other(error)
        }
    }
    let taken: Result<(), Error> = Err(Error::Constraint(Constraint::UserEmail));
    let meaning = taken.on(Constraint::UserEmail, || Meaning::Taken);
    assert!(matches!(meaning, Err(Meaning::Taken)));
    let other: Result<(), Error> = Err(Error::Constraint(Constraint::UserWallet));
    let meaning = other.on(Constraint::UserEmail, || Meaning::Taken);
    assert!(matches!(meaning, Err(Meaning::Other(Error::Constraint(Constraint::UserWallet)))));
}
