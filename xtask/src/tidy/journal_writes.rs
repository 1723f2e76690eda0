//! A row of the journal is written once: no statement anywhere changes or removes one.
//!
//! Tests are exempt: those of `verify` tamper with the journal to be caught.

use super::finding::Finding;
use super::source::Source;
use super::tokens;
use super::tree::Tree;

const FORBIDDEN: [&str; 5] = [
    "UPDATE JOURNAL",
    "DELETE FROM JOURNAL",
    "REPLACE INTO JOURNAL",
    "TRUNCATE JOURNAL",
    "TRUNCATE TABLE JOURNAL",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let of_rust = tree.sources.iter().filter(|source| is_product(&source.path)).flat_map(in_rust);
    let of_sql = tree
        .texts
        .iter()
        .filter(|file| is_product(&file.path) && file.has_extension("sql"))
        .filter_map(|file| Some(Finding::whole(&file.path, message(forbidden_in(&file.text)?))));
    of_rust.chain(of_sql).collect()
}

/// This tool names the statements it forbids, and touches no database.
fn is_product(path: &str) -> bool {
    !path.starts_with("xtask/")
}

fn in_rust(source: &Source) -> Vec<Finding> {
    tokens::strings(&source.tokens)
        .into_iter()
        .filter(|(line, _)| !source.is_test(*line))
        .filter_map(|(line, text)| {
            Some(Finding::new(&source.path, line, message(forbidden_in(&text)?)))
        })
        .collect()
}

fn message(statement: &str) -> String {
    format!("`{statement}`: the journal is append-only; append a record that says what changed")
}

/// The forbidden statement in a text, whatever its case and line breaks.
fn forbidden_in(text: &str) -> Option<&'static str> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    FORBIDDEN.into_iter().find(|statement| {
        words
            .match_indices(statement)
            .any(|(at, _)| !words[at + statement.len()..].starts_with(is_name))
    })
}

#[cfg(test)]
mod tests {
    use super::{Finding, Tree, check, message};

    fn rust(statement: &str) -> String {
        format!("const A: &str = \"{statement}\";")
    }

    #[test]
    fn a_statement_that_changes_the_journal_is_found_across_lines_and_case() {
        for (text, name) in [
            ("UPDATE journal SET body = $1", "UPDATE JOURNAL"),
            ("delete\\n  from journal", "DELETE FROM JOURNAL"),
            ("INSERT OR REPLACE INTO journal VALUES ($1)", "REPLACE INTO JOURNAL"),
        ] {
            let tree = Tree::of(&[("crates/store/src/a.rs", &rust(text))]);
            assert_eq!(check(&tree), [Finding::new("crates/store/src/a.rs", 1, message(name))]);
        }
    }

    #[test]
    fn a_migration_is_looked_at_too() {
        let tree = Tree::of(&[("crates/store/migrations/0002.sql", "DELETE FROM journal;")]);
        assert_eq!(check(&tree).len(), 1);
    }

    #[test]
    fn other_tables_appends_and_documentation_pass() {
        let text = format!(
            "/// Never `UPDATE journal`.\n{}{}",
            rust("UPDATE journal_cursors SET seq = $1"),
            rust("INSERT INTO journal (seq) VALUES ($1)")
        );
        assert_eq!(check(&Tree::of(&[("crates/store/src/a.rs", &text)])), []);
    }

    #[test]
    fn a_test_may_tamper() {
        let tree = Tree::of(&[("crates/server/tests/verify.rs", &rust("UPDATE journal SET x=1"))]);
        assert_eq!(check(&tree), []);
    }
}
