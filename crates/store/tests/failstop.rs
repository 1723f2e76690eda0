//! What happens when the disk fails under a COMMIT. A file-size limit stands in
//! for the disk, and it holds for the whole process: hence a binary of its own.
#![cfg(target_os = "linux")]

use std::process::Command;

use ledger::{Partition, Seq, Time};
use store::{Db, Error, Options, Priority, cursors};
use tokio::signal::unix::{SignalKind, signal};

/// Sent for a write beyond the limit; ignored, the write fails instead.
const SIGXFSZ: i32 = 25;

fn limit_file_size(limit: &str) {
    let pid = std::process::id().to_string();
    let status =
        Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={limit}:")]).status();
    assert!(status.unwrap().success());
}

/// One committed row a name.
async fn append(db: &Db, number: i64) -> Result<(), Error> {
    let name = format!("{number} {}", "x".repeat(2_000));
    db.write(Priority::Append, move |tx| {
        Box::pin(async move {
            tx.exec(cursors::begin(&name, Partition::FIRST, Seq::from_number(number)))
                .await?
                .expect_one()
        })
    })
    .await
}

async fn has(db: &Db, number: i64) -> bool {
    let name = format!("{number} {}", "x".repeat(2_000));
    let found = db.read::<_, Error, _>(move |tx| {
        Box::pin(async move { tx.opt(cursors::find(&name, Partition::FIRST)).await })
    });
    found.await.unwrap().is_some()
}

#[tokio::test]
async fn a_write_the_disk_refuses_stops_all_writing_and_loses_nothing_acknowledged() {
    let _ignored = signal(SignalKind::from_raw(SIGXFSZ)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let options = Options::serve(folder.path().join("book.db"), Time::from_micros(1));
    let db = Db::open(&options).unwrap();
    limit_file_size("262144");
    let mut acknowledged = 0;
    let failure = loop {
        match append(&db, acknowledged).await {
            Ok(()) => acknowledged += 1,
            Err(error) => break error,
        }
        assert!(acknowledged < 1_000, "the limit does not hold");
    };
    assert!(acknowledged > 0);
    assert!(matches!(failure, Error::CommitUnknown(_)), "{failure}");
    limit_file_size("unlimited");
    let later = append(&db, acknowledged + 1).await;
    assert!(matches!(later, Err(Error::Stopped(_))));
    assert!(has(&db, 0).await, "reads go on");
    db.close().await;
    let db = Db::open(&options).unwrap();
    for number in 0..acknowledged {
        assert!(has(&db, number).await, "{number} was acknowledged");
    }
    append(&db, acknowledged + 1).await.unwrap();
}
