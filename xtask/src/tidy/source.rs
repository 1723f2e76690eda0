//! One Rust file: its text, its tokens, its functions, and which lines are tests.

use std::ops::RangeInclusive;

use proc_macro2::TokenStream;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::tokens::{self, Token};

/// A parsed Rust file.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) syntax: syn::File,
    test_lines: Vec<RangeInclusive<usize>>,
}

impl Source {
    /// Parses a file's text.
    pub(crate) fn parse(path: &str, text: &str) -> syn::Result<Self> {
        let syntax = syn::parse_file(text)?;
        let tokens = tokens::flatten(text.parse::<TokenStream>()?);
        let mut finder = TestLines::default();
        finder.visit_file(&syntax);
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            tokens,
            syntax,
            test_lines: finder.ranges,
        })
    }

    /// Is the whole file tests or measurements?
    pub(crate) fn is_test_file(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "benches"))
    }

    /// Is the line in a test file, or in an item that only tests compile?
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.is_test_file() || self.test_lines.iter().any(|range| range.contains(&line))
    }
}

/// Finds the lines of items marked `#[test]` or `#[cfg(test)]`.
#[derive(Default)]
struct TestLines {
    ranges: Vec<RangeInclusive<usize>>,
}

impl<'ast> Visit<'ast> for TestLines {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Fn(function) => &function.attrs,
            syn::Item::Impl(block) => &block.attrs,
            syn::Item::Mod(module) => &module.attrs,
            _ => return visit::visit_item(self, item),
        };
        if attributes.iter().any(is_for_tests) {
            self.ranges.push(item.span().start().line..=item.span().end().line);
        } else {
            visit::visit_item(self, item);
        }
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, …))]`; not `#[cfg(not(test))]`.
fn is_for_tests(attribute: &syn::Attribute) -> bool {
    let is = |name: &str| attribute.path().segments.last().is_some_and(|last| last.ident == name);
    if is("cfg") {
        let syn::Meta::List(list) = &attribute.meta else { return false };
        let words = tokens::flatten(list.tokens.clone());
        let has = |word: &str| words.iter().any(|token| token.text == word);
        return has("test") && !has("not");
    }
    is("test")
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn test_modules_and_functions_are_known_line_by_line() {
        let text = "fn a() {}\n#[cfg(test)]\nmod t {\n fn b() {}\n}\n#[cfg(not(test))]\nmod u {}\n\
                    #[tokio::test]\nasync fn c() {}\n";
        let source = Source::parse("crates/x/src/lib.rs", text).unwrap();
        let tests: Vec<usize> = (1..=9).filter(|line| source.is_test(*line)).collect();
        assert_eq!(tests, [2, 3, 4, 5, 8, 9]);
    }

    #[test]
    fn a_file_below_tests_is_a_test_throughout() {
        assert!(Source::parse("crates/x/tests/it/main.rs", "").unwrap().is_test(1));
        assert!(Source::parse("crates/x/src/a/tests.rs", "").unwrap().is_test(1));
        assert!(!Source::parse("crates/x/src/contests.rs", "").unwrap().is_test(1));
    }
}
