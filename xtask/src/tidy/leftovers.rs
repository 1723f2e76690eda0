//! Nothing half-done is committed, no test is switched off, and no test sleeps.

use super::finding::Finding;
use super::source::Source;
use super::tokens;
use super::tree::Tree;

/// What is looked for, token by token, and what to do instead.
struct Leftover {
    pattern: &'static [&'static str],
    message: &'static str,
}

const EVERYWHERE: [Leftover; 5] = [
    Leftover { pattern: &["todo", "!"], message: "`todo!`: finish it or leave it out" },
    Leftover {
        pattern: &["unimplemented", "!"],
        message: "`unimplemented!`: finish it or leave it out",
    },
    Leftover { pattern: &["dbg", "!"], message: "`dbg!`: remove it, or log an event" },
    Leftover {
        pattern: &["#", "[", "ignore"],
        message: "an ignored test: mend it or delete it; slow ones have flags",
    },
    Leftover {
        pattern: &["#", "[", "should_panic"],
        message: "`should_panic` passes for any panic: assert on the error instead",
    },
];

const IN_TESTS: [Leftover; 2] = [
    Leftover { pattern: &["sleep", "("], message: SLEEP },
    Leftover { pattern: &["sleep_until", "("], message: SLEEP },
];

const SLEEP: &str = "a sleep in a test: wait for the event itself, or move the test's clock";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.sources.iter().flat_map(leftovers).collect()
}

fn leftovers(source: &Source) -> Vec<Finding> {
    let everywhere = EVERYWHERE.iter().flat_map(|leftover| places(source, leftover));
    let in_tests = IN_TESTS
        .iter()
        .flat_map(|leftover| places(source, leftover))
        .filter(|(line, _)| source.is_test(*line));
    everywhere
        .chain(in_tests)
        .map(|(line, message)| Finding::new(&source.path, line, message))
        .collect()
}

fn places(source: &Source, leftover: &Leftover) -> Vec<(usize, &'static str)> {
    let lines = tokens::lines_of(&source.tokens, leftover.pattern);
    lines.into_iter().map(|line| (line, leftover.message)).collect()
}

#[cfg(test)]
mod tests {
    use super::{EVERYWHERE, Finding, SLEEP, Tree, check};

    // A space before the bracket keeps this file clean for a plain text search.
    const BAD: [&str; 5] = [
        "fn f() { todo! () }",
        "fn f() { assert!(unimplemented! ()) }",
        "fn f() { dbg! (1); }",
        "#[test] # [ignore = \"slow\"] fn f() {}",
        "#[test] # [should_panic] fn f() {}",
    ];

    #[test]
    fn each_leftover_is_found() {
        for (text, leftover) in BAD.iter().zip(&EVERYWHERE) {
            let found = check(&Tree::of(&[("crates/a/src/lib.rs", text)]));
            assert_eq!(found, [Finding::new("crates/a/src/lib.rs", 1, leftover.message)]);
        }
    }

    #[test]
    fn a_sleep_is_found_in_tests_alone() {
        let text = "fn f() { tokio::time::sleep(x); }\n#[cfg(test)]\nmod tests {\n \
                    fn g() { std::thread::sleep(x); }\n}";
        let inside = check(&Tree::of(&[("crates/a/src/lib.rs", text)]));
        assert_eq!(inside, [Finding::new("crates/a/src/lib.rs", 4, SLEEP)]);
        let below_tests = check(&Tree::of(&[("crates/a/tests/it.rs", text)]));
        assert_eq!(below_tests.len(), 2);
    }

    #[test]
    fn words_alone_are_harmless() {
        let text = "/// Never todo!().\nfn ignore() { let todo = \"dbg!(x)\"; }";
        assert_eq!(check(&Tree::of(&[("crates/a/src/lib.rs", text)])), []);
    }
}
