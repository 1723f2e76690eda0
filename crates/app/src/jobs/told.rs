//! An error as staff may read it: what is behind it too, and no secret.

use std::error::Error;

/// The most characters that are told.
const CHARACTERS_MAX: usize = 500;
/// What a secret begins with: providers' keys, our own tokens, a token of a header.
const SECRETS: [&str; 9] =
    ["sk_", "rk_", "pk_", "whsec_", "st_", "Bearer", "Basic", "password", "eyJ"];

/// An error with all that is behind it, on one line.
pub fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let said = source.to_string();
        // Some say what is behind them themselves.
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        next = source.source();
    }
    let words = text.split_whitespace().map(plain).collect::<Vec<_>>();
    words.join(" ").chars().filter(|c| !c.is_control()).take(CHARACTERS_MAX).collect()
}

/// A word without what might be secret in it.
fn plain(word: &str) -> &str {
    let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_secret = SECRETS.iter().any(|secret| inner.starts_with(secret))
        || inner.contains("://") && inner.contains('@');
    if is_secret {
        return "…";
    }
    match word.find("://").and_then(|_| word.find('?')) {
        Some(query) => &word[..query],
        None => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Outer(&'static str, #[source] std::io::Error);

    fn tell(outer: &'static str, inner: &str) -> String {
        told(&Outer(outer, std::io::Error::other(inner.to_owned())))
    }

    #[test]
    fn all_that_is_behind_an_error_is_told_on_one_line_of_bounded_length() {
        assert_eq!(tell("an internal error", "no\nroute"), "an internal error: no route");
        assert_eq!(tell("failed: no route", "no route"), "failed: no route");
        assert_eq!(tell("an internal error", &"é".repeat(900)).chars().count(), 500);
    }

    #[test]
    fn no_secret_is_told() {
        for (said, expected) in [
            ("key sk_live_abc refused", "key … refused"),
            ("key 'whsec_abc' refused", "key … refused"),
            ("GET https://a.b/c?key=d timed out", "GET https://a.b/c timed out"),
            ("postgres://u:p@h/d is away", "… is away"),
            ("is it? yes", "is it? yes"),
        ] {
            assert_eq!(tell("failed", said), format!("failed: {expected}"));
        }
    }
}
