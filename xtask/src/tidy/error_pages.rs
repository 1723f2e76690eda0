//! Every error code a client can meet has its page, `docs/errors/CODE.md`, and every
//! page a code.
//!
//! The codes are the string literals in `fn as_str` of `impl Code`, somewhere in the
//! `api` crate.

use std::collections::BTreeSet;

use syn::visit::Visit;

use super::finding::Finding;
use super::source::Source;
use super::tokens;
use super::tree::Tree;

const SOURCES: &str = "crates/api/src/";
const ROUTES: &str = "crates/api/src/routes";
const PAGES: &str = "docs/errors/";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let codes: BTreeSet<String> = api_sources(tree).flat_map(codes_in).collect();
    let has_routes = api_sources(tree).any(|source| source.path.starts_with(ROUTES));
    if codes.is_empty() {
        return if has_routes { vec![no_codes()] } else { Vec::new() };
    }
    let missing = codes.iter().filter_map(|code| finding_for(code, tree));
    missing.chain(orphans(&codes, tree)).collect()
}

fn api_sources(tree: &Tree) -> impl Iterator<Item = &Source> {
    tree.sources.iter().filter(|source| source.path.starts_with(SOURCES))
}

fn no_codes() -> Finding {
    let message = "no error codes found: `impl Code` needs a `fn as_str` with one string a code";
    Finding::whole(SOURCES, message)
}

fn finding_for(code: &str, tree: &Tree) -> Option<Finding> {
    let path = format!("{PAGES}{code}.md");
    let Some(page) = tree.texts.iter().find(|file| file.path == path) else {
        let message = format!("write the page of `{code}`: what happened, why, what to do");
        return Some(Finding::whole(&path, message));
    };
    let heading = page.text.lines().next().unwrap_or_default();
    let is_right = heading.starts_with("# ") && heading.contains(code);
    (!is_right).then(|| Finding::new(&path, 1, format!("begin with the heading `# {code}`")))
}

fn orphans<'a>(codes: &'a BTreeSet<String>, tree: &'a Tree) -> impl Iterator<Item = Finding> + 'a {
    tree.texts.iter().filter_map(|file| {
        let name = file.path.strip_prefix(PAGES)?.strip_suffix(".md")?;
        let is_known = name == "README" || codes.contains(name);
        (!is_known).then(|| Finding::whole(&file.path, "no such error code: remove the page"))
    })
}

fn codes_in(source: &Source) -> Vec<String> {
    let mut bodies = Bodies::default();
    bodies.visit_file(&source.syntax);
    let in_body = |line: usize| bodies.lines.iter().any(|(from, to)| (*from..=*to).contains(&line));
    let strings = tokens::strings(&source.tokens).into_iter();
    strings.filter(|(line, _)| in_body(*line)).map(|(_, code)| code).collect()
}

/// The lines of each `fn as_str` in an `impl Code`.
#[derive(Default)]
struct Bodies {
    lines: Vec<(usize, usize)>,
}

impl<'ast> Visit<'ast> for Bodies {
    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        let syn::Type::Path(name) = &*block.self_ty else { return };
        if name.path.segments.last().is_none_or(|last| last.ident != "Code") {
            return;
        }
        for item in &block.items {
            if let syn::ImplItem::Fn(function) = item
                && function.sig.ident == "as_str"
            {
                let braces = function.block.brace_token.span;
                self.lines.push((braces.open().start().line, braces.close().end().line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Tree, check, no_codes};

    const CODES: (&str, &str) = (
        "crates/api/src/problem.rs",
        "impl Code {\n fn as_str(self) -> &'static str {\n  match self {\n   \
         Self::NotFound => \"not_found\",\n   Self::OverCapture => \"over_capture\",\n  }\n }\n \
         fn title(self) -> &'static str { \"Title\" }\n}\nimpl Other { fn as_str() { \"no\"; } }",
    );

    #[test]
    fn a_code_without_a_page_is_found() {
        let tree = Tree::of(&[CODES, ("docs/errors/not_found.md", "# not_found\n")]);
        let message = "write the page of `over_capture`: what happened, why, what to do";
        assert_eq!(check(&tree), [Finding::whole("docs/errors/over_capture.md", message)]);
    }

    #[test]
    fn a_page_names_its_code_first() {
        let tree = Tree::of(&[
            CODES,
            ("docs/errors/not_found.md", "Not found\n"),
            ("docs/errors/over_capture.md", "# `over_capture`\n"),
        ]);
        let message = "begin with the heading `# not_found`";
        assert_eq!(check(&tree), [Finding::new("docs/errors/not_found.md", 1, message)]);
    }

    #[test]
    fn a_page_without_a_code_is_found_but_the_list_of_pages_may_stay() {
        let tree = Tree::of(&[
            CODES,
            ("docs/errors/README.md", "# Errors\n"),
            ("docs/errors/gone.md", "# gone\n"),
            ("docs/errors/not_found.md", "# not_found\n"),
            ("docs/errors/over_capture.md", "# over_capture\n"),
        ]);
        let message = "no such error code: remove the page";
        assert_eq!(check(&tree), [Finding::whole("docs/errors/gone.md", message)]);
    }

    #[test]
    fn routes_without_codes_are_found() {
        assert_eq!(check(&Tree::of(&[("crates/api/src/routes/spend.rs", "")])), [no_codes()]);
    }
}
