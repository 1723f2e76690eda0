//! Rust source as a flat list of tokens, so that a check can look for a pattern
//! without being fooled by comments, string literals or white space.
//!
//! Macros are flattened like everything else. Knows no syntax beyond tokens.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One token: an identifier, a punctuation mark, a bracket or a literal as written.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// Counted from 1.
    pub(crate) line: usize,
}

/// Flattens a stream, brackets included.
pub(crate) fn flatten(stream: TokenStream) -> Vec<Token> {
    let mut tokens = Vec::new();
    append(stream, &mut tokens);
    tokens
}

fn append(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                tokens.push(Token { text: open.to_owned(), line });
                append(group.stream(), tokens);
                let line = group.span_close().start().line;
                tokens.push(Token { text: close.to_owned(), line });
            }
            other => tokens.push(Token { text: other.to_string(), line }),
        }
    }
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

/// The lines on which `pattern` begins, token by token.
pub(crate) fn lines_of(tokens: &[Token], pattern: &[&str]) -> Vec<usize> {
    tokens
        .windows(pattern.len())
        .filter(|window| window.iter().zip(pattern).all(|(token, word)| token.text == *word))
        .map(|window| window[0].line)
        .collect()
}

/// The string literals, as values with their lines; documentation is not one.
pub(crate) fn strings(tokens: &[Token]) -> Vec<(usize, String)> {
    let is_doc = |at: usize| at >= 2 && tokens[at - 2].text == "doc" && tokens[at - 1].text == "=";
    tokens
        .iter()
        .enumerate()
        .filter(|(at, token)| token.text.contains('"') && !is_doc(*at))
        .filter_map(|(_, token)| {
            let literal = syn::parse_str::<syn::LitStr>(&token.text).ok()?;
            Some((token.line, literal.value()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{flatten, lines_of, strings};

    const SAMPLE: &str = r#"
        /// Not "a string".
        const A: &str = "todo!()"; // todo!()
        fn f() { assert!(Sql :: split("b")) }
    "#;

    #[test]
    fn a_pattern_is_found_inside_macros_but_not_in_strings_or_comments() {
        let tokens = flatten(SAMPLE.parse().unwrap());
        assert_eq!(lines_of(&tokens, &["Sql", ":", ":", "split"]), [4]);
        assert_eq!(lines_of(&tokens, &["todo", "!"]), [] as [usize; 0]);
    }

    #[test]
    fn strings_are_values_without_documentation() {
        let tokens = flatten(SAMPLE.parse().unwrap());
        assert_eq!(strings(&tokens), [(3, "todo!()".to_owned()), (4, "b".to_owned())]);
    }
}
