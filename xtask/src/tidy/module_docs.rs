//! Every file says first what it is, and what it must not know.

use super::finding::Finding;
use super::tree::Tree;

const MESSAGE: &str =
    "open the module with `//!`: what it is, and what it must not know, before anything else";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.sources
        .iter()
        .filter(|source| !says_what_it_is(&source.text))
        .map(|source| Finding::new(&source.path, 1, MESSAGE))
        .collect()
}

fn says_what_it_is(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.strip_prefix("//!").is_some_and(|words| !words.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Finding, MESSAGE, Tree, check};

    #[test]
    fn a_module_without_its_first_sentence_is_found() {
        let tree = Tree::of(&[
            ("a.rs", "//! A.\n"),
            ("b.rs", "use a::A;\n"),
            ("c.rs", "#![allow(x)]\n//! Late.\n"),
            ("d.rs", "//!\n"),
            ("e.rs", ""),
        ]);
        let expected = ["b.rs", "c.rs", "d.rs", "e.rs"];
        assert_eq!(check(&tree), expected.map(|path| Finding::new(path, 1, MESSAGE)));
    }
}
