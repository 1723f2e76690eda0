//! From nothing to the schema, once, whoever comes.

use std::fmt::Write as _;

use store::{BookLock, Db, Options};

use crate::scratch::{NOW, Scratch, database};

#[test]
fn ten_that_open_at_once_migrate_once() {
    let scratch = Scratch::new();
    let options = Options { lock: BookLock::Leave, ..Options::serve(scratch.path(), NOW) };
    let start = std::sync::Barrier::new(10);
    std::thread::scope(|scope| {
        let open = || {
            start.wait();
            Db::open(&options).map(drop)
        };
        let threads: Vec<_> = (0..10).map(|_| scope.spawn(open)).collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
    });
    let raw = scratch.raw();
    let count = "SELECT COUNT(*), MIN(applied_at), MAX(version) FROM migrations";
    let row: (i64, i64, i64) =
        raw.query_one(count, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    let count = i64::try_from(files.count()).unwrap();
    assert_eq!(row, (count, NOW.micros(), store::schema_version()));
}

#[tokio::test]
async fn keys_of_longer_eras_are_moved_into_shorter_ones() {
    let (scratch, db) = database();
    db.close().await;
    let older = "DELETE FROM migrations WHERE version >= 15;
        ALTER TABLE cursors DROP COLUMN done;
        ALTER TABLE cursors DROP COLUMN upto;
        DROP TABLE used_keys;
        CREATE TABLE keys (
            partition_id INTEGER NOT NULL,
            era INTEGER NOT NULL,
            key BLOB NOT NULL,
            fingerprint BLOB NOT NULL,
            seq INTEGER NOT NULL,
            CONSTRAINT keys_pk PRIMARY KEY (partition_id, era, key),
            CONSTRAINT keys_era CHECK (era = seq / 1048576)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO keys VALUES (1, 0, x'01', x'', 262143), (1, 0, x'02', x'', 262144),
            (1, 0, x'03', x'', 1048575), (1, 1, x'04', x'', 1048576)";
    scratch.raw().execute_batch(older).unwrap();
    scratch.serve().close().await;
    let raw = scratch.raw();
    let mut eras = raw.prepare("SELECT era FROM used_keys ORDER BY key").unwrap();
    let eras = eras.query_map([], |row| row.get(0)).unwrap();
    assert_eq!(eras.map(Result::unwrap).collect::<Vec<i64>>(), [0, 1, 3, 4]);
}

#[tokio::test]
async fn the_schema_is_the_committed_one() {
    let (scratch, db) = database();
    let schema = describe(&scratch.raw());
    db.close().await;
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../..");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("schema", schema));
}

/// The schema in words that both engines share.
fn describe(raw: &rusqlite::Connection) -> String {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut tables = raw.prepare(tables).unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let ours = tables.map(Result::unwrap).filter(|table| !table.starts_with("sqlite_"));
    ours.map(|table| describe_table(raw, &table)).collect()
}

fn describe_table(raw: &rusqlite::Connection, table: &str) -> String {
    let mut text = format!("{table}\n");
    let columns = "SELECT name, type, \"notnull\", pk, hidden > 0
        FROM pragma_table_xinfo($1)
        ORDER BY cid";
    let mut columns = raw.prepare(columns).unwrap();
    let mut rows = columns.query([table]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (name, kind): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let (not_null, key): (bool, i64) = (row.get(2).unwrap(), row.get(3).unwrap());
        let generated = if row.get(4).unwrap() { " generated" } else { "" };
        let kind = match kind.trim_end_matches(" GENERATED ALWAYS") {
            "INTEGER" => "i64",
            "INT" => "bool",
            "BLOB" => "bytes",
            "TEXT" => "text",
            other => panic!("{table}.{name} is {other}"),
        };
        let null = if not_null { "" } else { "?" };
        let key = if key > 0 { format!(" key {key}") } else { String::new() };
        writeln!(text, "  {name} {kind}{null}{key}{generated}").unwrap();
    }
    let create =
        "SELECT sql FROM sqlite_schema WHERE tbl_name = $1 AND sql IS NOT NULL ORDER BY name";
    let mut create = raw.prepare(create).unwrap();
    let create = create.query_map([table], |row| row.get::<_, String>(0)).unwrap();
    let mut rules: Vec<String> = create.flat_map(|sql| rules(&sql.unwrap())).collect();
    rules.sort();
    for rule in rules {
        writeln!(text, "  {rule}").unwrap();
    }
    text + "\n"
}

/// Constraints and indexes, each on one line.
fn rules(sql: &str) -> Vec<String> {
    let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    if !sql.starts_with("CREATE TABLE") {
        return vec![sql.trim_start_matches("CREATE ").to_owned()];
    }
    let parts = sql.split("CONSTRAINT ").skip(1);
    parts.map(|part| part.trim_end_matches([' ', ',']).to_owned()).map(until_closed).collect()
}

/// Without what follows the table's closing parenthesis.
fn until_closed(rule: String) -> String {
    let mut depth = 0;
    for (at, char) in rule.char_indices() {
        depth += match char {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth < 0 {
            return rule[..at].trim_end().to_owned();
        }
    }
    rule
}
