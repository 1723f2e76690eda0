//! The two engines speak one text; each statement that has two is counted.

use super::finding::Finding;
use super::ratchets;
use super::tokens;
use super::tree::Tree;

const STORE: &str = "crates/store/src/";
const CEILING: usize = 12;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let allowed = tree.ratchets.sql_splits;
    let places = places(tree);
    if allowed > CEILING {
        let message = format!("sql_splits is {allowed}: never more than {CEILING}");
        return vec![Finding::whole(ratchets::FILE, message)];
    }
    if places.len() < allowed {
        let message = format!("sql_splits is {allowed}: lower it to the {} left", places.len());
        return vec![Finding::whole(ratchets::FILE, message)];
    }
    let message = format!(
        "`Sql::split` stands {} times, sql_splits allows {allowed}: \
         find one text for both engines (`Sql::both`)",
        places.len()
    );
    let too_many = places.into_iter().skip(allowed);
    too_many.map(|(path, line)| Finding::new(&path, line, &*message)).collect()
}

fn places(tree: &Tree) -> Vec<(String, usize)> {
    let sources = tree.sources.iter().filter(|source| source.path.starts_with(STORE));
    sources
        .flat_map(|source| {
            let lines = tokens::lines_of(&source.tokens, &["Sql", ":", ":", "split", "("]);
            let lines = lines.into_iter().filter(|line| !source.is_test(*line));
            lines.map(|line| (source.path.clone(), line))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Finding, Tree, check, ratchets};

    const SPLIT: (&str, &str) =
        ("crates/store/src/a.rs", "const A: Sql = Sql::split(\"a\", \"\", \"\");");

    fn messages(files: &[(&str, &str)], allowed: usize) -> Vec<String> {
        let mut tree = Tree::of(files);
        tree.ratchets.sql_splits = allowed;
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_split_too_many_is_found() {
        let found = messages(&[SPLIT], 0);
        assert!(found[0].starts_with("crates/store/src/a.rs:1: `Sql::split` stands 1 times"));
        assert!(messages(&[SPLIT], 1).is_empty());
    }

    #[test]
    fn a_number_that_could_fall_must_fall() {
        let message = "sql_splits is 2: lower it to the 1 left";
        let expected = Finding::whole(ratchets::FILE, message).to_string();
        assert_eq!(messages(&[SPLIT], 2), [expected]);
    }

    #[test]
    fn the_ceiling_holds_whatever_the_file_says() {
        assert!(messages(&[SPLIT], 13)[0].ends_with("never more than 12"));
    }

    #[test]
    fn other_crates_and_tests_do_not_count() {
        let elsewhere = [("crates/app/src/a.rs", SPLIT.1), ("crates/store/tests/a.rs", SPLIT.1)];
        assert!(messages(&elsewhere, 0).is_empty());
    }
}
