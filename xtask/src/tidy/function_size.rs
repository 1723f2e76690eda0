//! A function that grows past the ratchet does more than one thing. Counted from
//! `fn` to its closing brace; tests are exempt.

use proc_macro2::Span;
use syn::visit::{self, Visit};

use super::finding::Finding;
use super::source::Source;
use super::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let max = tree.ratchets.function_lines_max;
    tree.sources.iter().flat_map(|source| long_functions(source, max)).collect()
}

fn long_functions(source: &Source, max: usize) -> Vec<Finding> {
    let mut functions = Functions::default();
    functions.visit_file(&source.syntax);
    functions
        .found
        .into_iter()
        .filter(|function| function.lines > max && !source.is_test(function.line))
        .map(|Function { name, line, lines }| {
            let message = format!(
                "`{name}` has {lines} lines, {max} allowed: give its parts names and move them out"
            );
            Finding::new(&source.path, line, message)
        })
        .collect()
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

#[derive(Default)]
struct Functions {
    found: Vec<Function>,
}

impl Functions {
    fn note(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let line = first_line(signature.fn_token.span);
        let last = first_line(body.brace_token.span.close());
        let name = signature.ident.to_string();
        self.found.push(Function { name, line, lines: last - line + 1 });
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.note(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.note(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.note(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

fn first_line(span: Span) -> usize {
    span.start().line
}

#[cfg(test)]
mod tests {
    use super::{Finding, Tree, check};

    #[test]
    fn a_function_one_line_past_the_ratchet_is_found_wherever_it_stands() {
        let body = "fn f() {\n\n\n}";
        let text = format!("{body}\nimpl A {{\n{body}\n}}\ntrait B {{\n{body}\n}}\n");
        let message = "`f` has 4 lines, 3 allowed: give its parts names and move them out";
        assert_eq!(
            check(&Tree::of(&[("a.rs", &text)])),
            [1, 6, 12].map(|line| Finding::new("a.rs", line, message))
        );
    }

    #[test]
    fn documentation_and_attributes_do_not_count() {
        let text = "/// One.\n/// Two.\n#[must_use]\nfn f() {\n\n}";
        assert_eq!(check(&Tree::of(&[("a.rs", text)])), []);
    }

    #[test]
    fn tests_may_be_long() {
        let text = "#[cfg(test)]\nmod tests {\nfn f() {\n\n\n}\n}";
        assert_eq!(check(&Tree::of(&[("a.rs", text)])), []);
        assert_eq!(check(&Tree::of(&[("crates/a/tests/b.rs", "fn f() {\n\n\n}")])), []);
    }
}
