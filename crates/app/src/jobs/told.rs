//! An error as staff may read it: what is behind it too, and no secret.

use std::error::Error;

/// The most characters that are told.
const CHARACTERS_MAX: usize = 500;
/// What a secret begins with: providers' keys, our own tokens, a signed token.
const SECRETS: [&str; 6] = ["sk_", "rk_", "pk_", "whsec_", "st_", "eyJ"];
/// What a secret stands behind.
const NAMES: [&str; 9] =
    ["bearer", "basic", "password", "passwd", "pwd", "secret", "token", "api_key", "authorization"];
/// What is told in the place of a secret or an address.
const HIDDEN: &str = "…";

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
    plain(&text).chars().filter(|c| !c.is_control()).take(CHARACTERS_MAX).collect()
}

/// A text without the words that might be secret, or that are somebody's address.
fn plain(text: &str) -> String {
    let words = text.split_whitespace();
    let before = std::iter::once("").chain(words.clone());
    before.zip(words).map(|(before, word)| plain_word(before, word)).collect::<Vec<_>>().join(" ")
}

/// A word as it is told behind another one.
fn plain_word<'w>(before: &str, word: &'w str) -> &'w str {
    let is_secret =
        |part: &str| part.contains('@') || SECRETS.iter().any(|secret| part.starts_with(secret));
    // `Authorization: Bearer` names what is behind both.
    if parts(word).last().is_some_and(is_name) {
        return word;
    }
    let is_named = parts(before).last().is_some_and(is_name);
    if is_named || parts(word).next().is_some_and(is_name) || parts(word).any(is_secret) {
        return HIDDEN;
    }
    match word.find("://").and_then(|_| word.find('?')) {
        Some(query) => &word[..query],
        None => word,
    }
}

/// What is between the signs of a word: `api_key=abc` has two.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let is_joint = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'));
    word.split(is_joint).filter(|part| !part.is_empty())
}

fn is_name(part: &str) -> bool {
    NAMES.iter().any(|name| part.eq_ignore_ascii_case(name))
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
            ("Authorization: Bearer abc123 refused", "Authorization: Bearer … refused"),
            ("password hunter2", "password …"),
            ("with api_key=abc or \"token\":\"abc\"", "with … or …"),
            ("ada@example.com is not there", "… is not there"),
            ("a password", "a password"),
        ] {
            assert_eq!(tell("failed", said), format!("failed: {expected}"));
        }
    }
}
