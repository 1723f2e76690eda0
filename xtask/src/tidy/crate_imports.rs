//! Which crate may import which: the table of `ARCHITECTURE.md`, checked against the
//! manifests.
//!
//! It binds what ships. A test may set up what its crate must not know, so
//! dev-dependencies are free, but `testkit` is nothing else.

use super::finding::Finding;
use super::tree::Tree;
use crate::workspace::Crate;

/// One of our crates.
struct Rule {
    name: &'static str,
    /// Those of ours it may import.
    ours: &'static [&'static str],
    /// Those from outside it must not know, beyond what others own.
    never: &'static [&'static str],
}

const RULES: [Rule; 12] = [
    Rule { name: "ledger", ours: &[], never: &["futures", "jiff", "rand", "serde_json", "tokio"] },
    Rule { name: "domain", ours: &["ledger"], never: &["futures", "http", "tokio"] },
    Rule { name: "store", ours: &["domain", "ledger"], never: &["http"] },
    Rule { name: "gateway", ours: &["domain"], never: &[] },
    Rule {
        name: "app",
        ours: &["domain", "gateway", "ledger", "store"],
        never: &["http", "hyper", "tower", "tower-http"],
    },
    Rule { name: "api", ours: &["app", "domain"], never: &[] },
    Rule { name: "client", ours: &[], never: &[] },
    Rule {
        name: "server",
        ours: &["api", "app", "client", "domain", "gateway", "ledger", "store"],
        never: &[],
    },
    Rule {
        name: "testkit",
        ours: &["api", "app", "client", "domain", "gateway", "ledger", "server", "store"],
        never: &[],
    },
    Rule { name: "model", ours: &["ledger"], never: &[] },
    Rule { name: "pgcluster", ours: &[], never: &[] },
    Rule { name: "xtask", ours: &["pgcluster"], never: &[] },
];

/// Libraries from outside that stand in one place, and where.
const OWNED: [(&[&str], &[&str]); 9] = [
    (&["ed25519-dalek"], &["ledger"]),
    // The chain's, and the signatures of webhooks.
    (&["hmac", "sha2"], &["ledger", "gateway"]),
    (&["deadpool-postgres", "rusqlite", "tokio-postgres", "tokio-postgres-rustls"], &["store"]),
    (&["argon2", "jsonwebtoken"], &["app"]),
    (&["lettre"], &["gateway"]),
    (&["reqwest"], &["client", "gateway"]),
    (&["axum", "axum-extra", "utoipa", "utoipa-axum", "utoipa-swagger-ui"], &["api"]),
    (&["clap", "config"], &["server"]),
    (&["proc-macro2", "syn", "toml"], &["xtask"]),
];

/// May import everything, since nothing that ships imports it.
const TESTKIT: &str = "testkit";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.crates.iter().flat_map(|ours| in_crate(ours, tree)).collect()
}

fn in_crate(ours: &Crate, tree: &Tree) -> Vec<Finding> {
    let manifest = manifest(&ours.name);
    let Some(rule) = RULES.iter().find(|rule| rule.name == ours.name) else {
        let message = "a crate without a place: add it to the table in ARCHITECTURE.md \
                       and to xtask/src/tidy/crate_imports.rs";
        return vec![Finding::whole(&manifest, message)];
    };
    let is_ours = |name: &str| tree.crates.iter().any(|other| other.name == name);
    ours.dependencies
        .iter()
        .filter(|dependency| !dependency.is_dev())
        .map(|dependency| dependency.name.as_str())
        .filter_map(|name| {
            if is_ours(name) {
                objection_to_ours(rule, name)
            } else {
                objection_to_others(rule, name)
            }
        })
        .map(|message| Finding::whole(&manifest, message))
        .collect()
}

fn manifest(name: &str) -> String {
    if name == "xtask" { "xtask/Cargo.toml".into() } else { format!("crates/{name}/Cargo.toml") }
}

fn objection_to_ours(rule: &Rule, name: &str) -> Option<String> {
    if name == TESTKIT {
        return Some(format!("`{TESTKIT}` is for tests: move it to [dev-dependencies]"));
    }
    (!rule.ours.contains(&name)).then(|| {
        format!("`{}` may not import `{name}`: see the table in ARCHITECTURE.md", rule.name)
    })
}

fn objection_to_others(rule: &Rule, name: &str) -> Option<String> {
    if rule.never.contains(&name) {
        return Some(format!("`{}` must not know `{name}`: leave it to its caller", rule.name));
    }
    let (_, owners) = OWNED.iter().find(|(names, _)| names.contains(&name))?;
    let is_allowed = owners.contains(&rule.name) || rule.name == TESTKIT;
    (!is_allowed).then(|| {
        format!("`{name}` belongs to `{}`: ask it instead of importing it", owners.join("`, `"))
    })
}

#[cfg(test)]
mod tests {
    use super::{Crate, Finding, RULES, Tree, check};
    use crate::workspace::Dependency;

    fn tree(name: &str, kind: Option<&str>, dependency: &str) -> Tree {
        let ours = |name: &str, dependencies| Crate { name: name.to_owned(), dependencies };
        let wanted = Dependency { name: dependency.to_owned(), kind: kind.map(str::to_owned) };
        let mut tree = Tree::of(&[]);
        tree.crates = RULES
            .iter()
            .filter(|rule| rule.name != name)
            .map(|rule| ours(rule.name, Vec::new()))
            .chain([ours(name, vec![wanted])])
            .collect();
        tree
    }

    fn objections(name: &str, dependency: &str) -> Vec<Finding> {
        check(&tree(name, None, dependency))
    }

    #[test]
    fn an_import_the_table_does_not_have_is_found() {
        let message = "`api` may not import `store`: see the table in ARCHITECTURE.md";
        assert_eq!(objections("api", "store"), [Finding::whole("crates/api/Cargo.toml", message)]);
        assert_eq!(objections("app", "store"), []);
    }

    #[test]
    fn a_library_outside_its_crate_is_found() {
        let message = "`rusqlite` belongs to `store`: ask it instead of importing it";
        let expected = [Finding::whole("crates/app/Cargo.toml", message)];
        assert_eq!(objections("app", "rusqlite"), expected);
        assert_eq!(objections("store", "rusqlite"), []);
        assert_eq!(objections("testkit", "rusqlite"), []);
    }

    #[test]
    fn a_library_a_crate_must_not_know_is_found() {
        let message = "`ledger` must not know `tokio`: leave it to its caller";
        let expected = [Finding::whole("crates/ledger/Cargo.toml", message)];
        assert_eq!(objections("ledger", "tokio"), expected);
        assert_eq!(objections("store", "tokio"), []);
    }

    #[test]
    fn testkit_is_a_dev_dependency_or_none() {
        let message = "`testkit` is for tests: move it to [dev-dependencies]";
        let expected = [Finding::whole("crates/server/Cargo.toml", message)];
        assert_eq!(objections("server", "testkit"), expected);
        assert_eq!(check(&tree("server", Some("build"), "testkit")), expected);
        assert_eq!(check(&tree("server", Some("dev"), "testkit")), []);
    }

    #[test]
    fn a_crate_nobody_placed_is_found() {
        assert_eq!(objections("helpers", "serde").len(), 1);
    }
}
