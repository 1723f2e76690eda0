//! `cargo xtask tidy`: what the house style promises and a program can check.
//!
//! One check a module; a check sees the [`Tree`] alone and does no input or output.

mod crate_imports;
mod error_pages;
mod file_size;
mod finding;
mod function_size;
mod journal_writes;
mod leftovers;
mod links;
mod machine_paths;
mod module_docs;
mod ratchets;
mod source;
mod sql_splits;
mod tokens;
mod tree;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::bail;

use finding::Finding;
use tree::Tree;

type Check = fn(&Tree) -> Vec<Finding>;

const CHECKS: [Check; 10] = [
    crate_imports::check,
    error_pages::check,
    file_size::check,
    function_size::check,
    journal_writes::check,
    leftovers::check,
    links::check,
    machine_paths::check,
    module_docs::check,
    sql_splits::check,
];

/// Runs every check; the error lists every finding.
pub(crate) fn run(root: &Path) -> anyhow::Result<String> {
    let tree = Tree::read(root)?;
    let mut findings: Vec<Finding> = CHECKS.iter().flat_map(|check| check(&tree)).collect();
    if findings.is_empty() {
        return Ok(format!("tidy: {} checks, {} files, all well", CHECKS.len(), tree.texts.len()));
    }
    findings.sort();
    bail!(report(&findings))
}

fn report(findings: &[Finding]) -> String {
    let mut report = String::new();
    for finding in findings {
        let _ = writeln!(report, "{finding}");
    }
    let _ = write!(report, "tidy: {} to mend", findings.len());
    report
}

#[cfg(test)]
mod tests {
    use super::{CHECKS, Finding, Tree, report, tree};

    #[test]
    fn an_empty_tree_passes_every_check() {
        assert!(CHECKS.iter().flat_map(|check| check(&Tree::of(&[]))).next().is_none());
    }

    #[test]
    fn a_report_names_place_and_cure_and_counts() {
        let findings = [Finding::new("a.rs", 3, "shorten it"), Finding::whole("b.rs", "rename it")];
        assert_eq!(report(&findings), "a.rs:3: shorten it\nb.rs: rename it\ntidy: 2 to mend");
    }

    #[test]
    fn the_tree_of_this_workspace_can_be_read() {
        let tree = tree::Tree::read(crate::workspace::root()).unwrap();
        assert!(tree.sources.iter().any(|source| source.path == "xtask/src/tidy.rs"));
        assert!(tree.crates.iter().any(|ours| ours.name == "ledger"));
    }
}
