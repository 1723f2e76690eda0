//! A file that grows past the ratchet holds more than one thing. Tests are exempt,
//! generated sources too.

use super::finding::Finding;
use super::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let max = tree.ratchets.file_lines_max;
    tree.sources
        .iter()
        .filter(|source| !source.is_test_file() && !source.path.contains("/generated/"))
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > max)
        .map(|(source, lines)| {
            let message = format!("{lines} lines, {max} allowed: split it by what it is about");
            Finding::whole(&source.path, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Finding, Tree, check};

    #[test]
    fn a_file_one_line_past_the_ratchet_is_found() {
        let tree = Tree::of(&[("a.rs", "\n\n\n\n\n"), ("b.rs", "\n\n\n\n\n\n")]);
        let message = "6 lines, 5 allowed: split it by what it is about";
        assert_eq!(check(&tree), [Finding::whole("b.rs", message)]);
    }

    #[test]
    fn tests_and_generated_files_may_be_long() {
        let long = "\n\n\n\n\n\n";
        let tree =
            Tree::of(&[("crates/a/tests/it.rs", long), ("crates/a/src/generated/b.rs", long)]);
        assert_eq!(check(&tree), []);
    }
}
