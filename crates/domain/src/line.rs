//! Texts of one line: names and ids, shown beside each other in lists.

use ledger::Text;

use crate::error::ParseError;

/// A text without what would break its line or turn its direction: control
/// characters, line separators, and the marks that reorder what stands around them.
pub fn line(text: &str) -> Result<Text, ParseError> {
    let text = Text::parse(text)?;
    if text.as_str().chars().any(breaks) {
        return Err(ParseError::Not("one line of plain text: it holds a control character"));
    }
    Ok(text)
}

fn breaks(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether there is something to see.
pub(crate) fn says_something(text: &str) -> bool {
    let is_invisible = |char: char| {
        char.is_whitespace()
            || char.is_control()
            || matches!(
                char,
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}' | '\u{feff}'
            )
    };
    !text.chars().all(is_invisible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_reads_as_it_is_written() {
        for text in ["a\nb", "a\tb", "a\u{7f}", "\u{85}", "a\u{2028}b", "\u{202e}evil", "\u{2066}a"]
        {
            assert!(line(text).is_err(), "{text:?}");
        }
        for text in ["Ada Lovelace", "Ω ß 日本", "עברית", "👩‍👩‍👧"] {
            assert_eq!(line(text).unwrap().as_str(), text);
        }
        assert_eq!(line(""), Err(ParseError::Empty));
    }

    #[test]
    fn what_nobody_can_see_says_nothing() {
        for text in ["", " \n", "\u{200b}", "\u{feff}\u{2060}", "\u{200e}\u{ad}"] {
            assert!(!says_something(text), "{text:?}");
        }
        assert!(says_something("\u{200b}x"));
    }
}
