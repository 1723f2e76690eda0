//! Opening: what would lose acknowledged writes is refused, and ten that come at
//! once migrate once.

use store::{Address, Db, Error, OpenError, ServerOptions, projections};

use crate::server::{NOW, Scratch};

#[tokio::test]
async fn a_server_that_acknowledges_before_it_is_on_disk_is_refused() {
    let scratch = Scratch::new().await;
    let raw = scratch.raw().await;
    let name = scratch.url().rsplit('/').next().unwrap().to_owned();
    for value in ["off", "local"] {
        raw.batch_execute(&format!("ALTER DATABASE {name} SET synchronous_commit TO {value}"))
            .await
            .unwrap();
        let refused = open(&scratch.url()).await.unwrap_err();
        assert!(matches!(refused, OpenError::Unsafe { setting: "synchronous_commit", .. }));
        assert!(refused.to_string().contains(&format!("synchronous_commit = {value}")));
    }
}

/// A standby that is promoted has settings of its own.
#[tokio::test]
async fn a_server_that_comes_to_acknowledge_too_soon_is_left_alone_until_it_does_not() {
    let scratch = Scratch::new().await;
    let (db, raw) = (scratch.serve().await, scratch.raw().await);
    let name = scratch.url().rsplit('/').next().unwrap().to_owned();
    let becomes = async |value| {
        let set = format!("ALTER DATABASE {name} SET synchronous_commit TO {value}");
        raw.batch_execute(&set).await.unwrap();
    };
    // Whether its connection was cut is known a moment later.
    let look = async || {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        raw.batch_execute(cut).await.unwrap();
        db.read::<_, Error, _>(|tx| Box::pin(projections::projected(tx))).await
    };
    becomes("off").await;
    let why = loop {
        match look().await {
            Err(Error::Lost(why)) if why.to_string().contains("synchronous_commit") => break why,
            _ => {}
        }
    };
    assert_eq!(
        why.to_string(),
        "synchronous_commit is off there, which can lose what is committed"
    );
    becomes("on").await;
    while look().await.is_err() {}
    db.close().await;
}

#[tokio::test]
async fn a_timeout_that_would_end_the_wait_for_a_standby_is_refused_behind_a_pooler() {
    let scratch = Scratch::new().await;
    let raw = scratch.raw().await;
    let name = scratch.url().rsplit('/').next().unwrap().to_owned();
    let set = format!("ALTER DATABASE {name} SET statement_timeout TO '5s'");
    raw.batch_execute(&set).await.unwrap();
    let refused = open(&format!("{}?pooler=transaction", scratch.url())).await.unwrap_err();
    assert!(matches!(refused, OpenError::Unsafe { setting: "statement_timeout", .. }));
    // Without a pooler a connection says itself that it has none.
    open(&scratch.url()).await.unwrap();
}

#[tokio::test]
async fn a_cluster_has_all_of_the_ledger_on_workers_that_keep_what_they_acknowledge() {
    let scratch = Scratch::new().await;
    assert!(!open(&scratch.url()).await.unwrap().is_spread());
    let raw = scratch.raw().await;
    raw.batch_execute(testkit::CLUSTER).await.unwrap();
    assert!(open(&scratch.url()).await.unwrap().is_spread());
    for (answers, said) in [
        ("TRUE, 'off'", "has fsync = off, which loses data: set it as PostgreSQL ships it"),
        ("FALSE, 'no route to it'", "can't be used"),
    ] {
        let worker = format!(
            "CREATE OR REPLACE FUNCTION run_command_on_workers(command TEXT)
            RETURNS TABLE (nodename TEXT, nodeport INTEGER, success BOOLEAN, result TEXT)
            LANGUAGE sql AS $$ SELECT 'worker-1', 5432, {answers} $$"
        );
        raw.batch_execute(&worker).await.unwrap();
        let refused = open(&scratch.url()).await.unwrap_err();
        assert_eq!(refused.to_string(), format!("worker-1:5432 {said}"));
    }
    let lacks = "DELETE FROM pg_dist_partition
        WHERE logicalrelid IN ('used_keys'::regclass, 'refunds'::regclass)";
    raw.batch_execute(lacks).await.unwrap();
    let refused = open(&scratch.url()).await.unwrap_err();
    assert!(
        matches!(&refused, OpenError::Scattered { tables, .. } if tables == "used_keys, refunds")
    );
    raw.batch_execute("TRUNCATE pg_dist_partition").await.unwrap();
    assert!(!open(&scratch.url()).await.unwrap().is_spread());
}

#[tokio::test]
async fn what_is_not_there_is_told_apart() {
    let scratch = Scratch::new().await;
    let missing = format!("{}_gone", scratch.url());
    let refused = open(&missing).await.unwrap_err();
    assert!(matches!(refused, OpenError::Server { .. }), "{refused}");
    let place = scratch.url().rsplit_once('/').unwrap().0.to_owned();
    let nobody = open("postgres://postgres:hush@127.0.0.1:1/credits").await.unwrap_err();
    assert_eq!(nobody.to_string(), "postgres://127.0.0.1:1/credits can't be used");
    let empty = Address::parse(&format!("{place}/postgres")).unwrap();
    let refused = Db::connect(&ServerOptions::tool(empty, NOW)).await.unwrap_err();
    assert!(matches!(refused, OpenError::Missing { .. }), "{refused}");
}

#[tokio::test]
async fn a_key_that_an_older_server_writes_meanwhile_is_moved_too() {
    let scratch = Scratch::new().await;
    let (older, looking) = (scratch.raw().await, scratch.raw().await);
    let before = "DELETE FROM migrations WHERE version >= 15;
        ALTER TABLE cursors DROP COLUMN upto, DROP COLUMN done;
        DROP TABLE used_keys;
        CREATE TABLE keys (
            partition_id BIGINT NOT NULL,
            era BIGINT NOT NULL,
            key BYTEA NOT NULL,
            fingerprint BYTEA NOT NULL,
            seq BIGINT NOT NULL,
            CONSTRAINT keys_pk PRIMARY KEY (partition_id, era, key),
            CONSTRAINT keys_era CHECK (era = seq / 1048576)
        );
        INSERT INTO keys VALUES (1, 0, '\\x01', '', 262144)";
    older.batch_execute(before).await.unwrap();
    older
        .batch_execute("BEGIN; INSERT INTO keys VALUES (1, 0, '\\x02', '', 1048575)")
        .await
        .unwrap();
    let commit = async {
        let waits = "SELECT FROM pg_locks WHERE relation = 'keys'::regclass AND NOT granted";
        while looking.query(waits, &[]).await.unwrap().is_empty() {}
        older.batch_execute("COMMIT").await.unwrap();
    };
    let (db, ()) = tokio::join!(scratch.serve(), commit);
    db.close().await;
    let rows = looking.query("SELECT era FROM used_keys ORDER BY key", &[]).await.unwrap();
    let eras: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(eras, [1, 3]);
    older.query("SELECT era FROM keys", &[]).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_that_open_at_once_migrate_once() {
    let scratch = Scratch::new().await;
    let raw = scratch.raw().await;
    raw.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
    let opening: Vec<_> = (0..10).map(|_| scratch.serve()).collect();
    for db in futures::future::join_all(opening).await {
        db.close().await;
    }
    let row = raw.query_one("SELECT COUNT(*), MAX(version) FROM migrations", &[]).await.unwrap();
    let known = store::schema_version();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (known, known));
}

#[tokio::test]
async fn a_migration_of_another_program_is_refused() {
    let scratch = Scratch::new().await;
    let raw = scratch.raw().await;
    raw.batch_execute("UPDATE migrations SET checksum = 7 WHERE version = 1").await.unwrap();
    let refused = open(&scratch.url()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Altered { version: 1, name: "base" }), "{refused}");
    raw.batch_execute("INSERT INTO migrations VALUES (999, 'later', 1, 1)").await.unwrap();
    let refused = open(&scratch.url()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 999, .. }), "{refused}");
}

async fn open(url: &str) -> Result<Db, OpenError> {
    Db::connect(&ServerOptions::serve(Address::parse(url).unwrap(), NOW)).await
}
