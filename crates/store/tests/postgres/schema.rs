//! The schema is the one that the embedded engine has.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tokio_postgres::Client;

use crate::server::Scratch;

const COLUMNS: &str = "SELECT c.table_name, c.column_name, c.data_type, c.is_nullable = 'YES',
        (SELECT k.ordinal_position::BIGINT
        FROM information_schema.key_column_usage AS k
        WHERE k.table_name = c.table_name AND k.column_name = c.column_name
            AND k.constraint_name = c.table_name || '_pk'),
        c.is_generated = 'ALWAYS'
    FROM information_schema.columns AS c
    WHERE c.table_schema = 'public'
    ORDER BY c.table_name COLLATE \"C\", c.ordinal_position";
const RULES: &str = "SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'";
const INDEXES: &str = "SELECT tablename::text, indexdef
    FROM pg_indexes
    WHERE schemaname = 'public'
        AND indexname NOT IN (SELECT conname FROM pg_constraint)";

/// Columns are compared word for word, rules without what the engines write apart.
#[tokio::test]
async fn both_engines_have_one_schema() {
    let committed = include_str!("../../schema.snap").rsplit("---\n").next().unwrap();
    let scratch = Scratch::new().await;
    let raw = scratch.raw().await;
    let (columns, rules): (Vec<&str>, Vec<&str>) =
        committed.lines().partition(|line| is_column(line));
    assert_eq!(describe(&raw).await, columns.join("\n"));
    let rules: BTreeSet<String> =
        rules.into_iter().map(same).filter(|line| !line.is_empty()).collect();
    let tables = columns.iter().filter(|line| !line.starts_with(' ')).count();
    assert!(tables > 20, "the committed schema was read");
    let found = found_rules(&raw).await;
    let differences: Vec<_> = rules.symmetric_difference(&found).collect();
    assert_eq!(differences, [] as [&String; 0]);
}

/// A table's name or a column, rather than a constraint or an index.
fn is_column(line: &str) -> bool {
    let kinds = ["i64", "bool", "bytes", "text"];
    let kind = line.split_whitespace().nth(1).unwrap_or_default().trim_end_matches('?');
    !line.is_empty() && (!line.starts_with(' ') || kinds.contains(&kind))
}

async fn describe(raw: &Client) -> String {
    let (mut text, mut last) = (String::new(), String::new());
    for row in raw.query(COLUMNS, &[]).await.unwrap() {
        let (table, name, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let (null, key): (bool, Option<i64>) = (row.get(3), row.get(4));
        if table != last {
            text.push_str(&table);
            text.push('\n');
            last = table;
        }
        let kind = match kind.as_str() {
            "bigint" => "i64",
            "boolean" => "bool",
            "bytea" => "bytes",
            "text" => "text",
            other => panic!("{last}.{name} is {other}"),
        };
        let null = if null { "?" } else { "" };
        let key = key.map(|place| format!(" key {place}")).unwrap_or_default();
        let generated = if row.get(5) { " generated" } else { "" };
        writeln!(text, "  {name} {kind}{null}{key}{generated}").unwrap();
    }
    text.trim_end().to_owned()
}

async fn found_rules(raw: &Client) -> BTreeSet<String> {
    let mut rules = BTreeSet::new();
    for text in [RULES, INDEXES] {
        for row in raw.query(text, &[]).await.unwrap() {
            rules.insert(same(&row.get::<_, String>(1)));
        }
    }
    rules
}

/// A rule as both engines say it: a check by its name, others without brackets.
fn same(rule: &str) -> String {
    let rule = rule.trim().trim_start_matches("CREATE ");
    if let Some((name, _)) = rule.split_once(" CHECK") {
        return format!("{name} CHECK");
    }
    let rule = rule.replace("public.", "").replace(" USING btree", "");
    let mut plain: String = rule.chars().filter(|c| !"() ".contains(*c)).collect();
    if let Some((head, _)) = plain.split_once("WHERE") {
        plain = format!("{head}WHERE");
    }
    plain
}
