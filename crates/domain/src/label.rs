//! Labels: pairs to slice usage by, such as a team and a model.

use std::collections::BTreeMap;

use ledger::Text;

use crate::error::ParseError;

/// At most 8 pairs of short texts, each name once, in the order of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(BTreeMap<Text, Text>);

impl Labels {
    /// The most pairs there may be.
    pub const PAIRS_MAX: usize = 8;
    /// The most characters of a name or a value.
    pub const CHARS_MAX: usize = 64;

    /// Checks and keeps pairs.
    pub fn parse<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ParseError> {
        let mut labels = BTreeMap::new();
        for (name, value) in pairs {
            if labels.insert(short(name)?, short(value)?).is_some() {
                return Err(ParseError::Twice);
            }
            if labels.len() > Self::PAIRS_MAX {
                return Err(ParseError::TooMany(Self::PAIRS_MAX));
            }
        }
        Ok(Self(labels))
    }

    /// The pairs, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Text, &Text)> {
        self.0.iter()
    }

    /// As the ledger keeps them.
    pub fn to_pairs(&self) -> Vec<(Text, Text)> {
        self.0.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

fn short(text: &str) -> Result<Text, ParseError> {
    if text.chars().count() > Labels::CHARS_MAX {
        return Err(ParseError::TooLong(Labels::CHARS_MAX));
    }
    Ok(Text::parse(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_out_in_the_order_of_their_names() {
        let labels = Labels::parse([("team", "search"), ("model", "large")]).unwrap();
        let pairs: Vec<_> = labels.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("model", "large"), ("team", "search")]);
    }

    #[test]
    fn there_are_at_most_eight_short_pairs_each_named_once() {
        let names: Vec<String> = (0..9).map(|n| format!("l{n}")).collect();
        let nine = names.iter().map(|name| (name.as_str(), "x"));
        assert_eq!(Labels::parse(nine), Err(ParseError::TooMany(8)));
        assert_eq!(Labels::parse([("a", "1"), ("a", "2")]), Err(ParseError::Twice));
        assert_eq!(Labels::parse([("a", "")]), Err(ParseError::Empty));
        let long = "x".repeat(65);
        assert_eq!(Labels::parse([("a", long.as_str())]), Err(ParseError::TooLong(64)));
    }
}
