//! What an API key may do.

use std::fmt;

use crate::error::ParseError;

/// Something an API key may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Read anyone's credits.
    CreditsRead,
    /// Spend and hold anyone's credits.
    CreditsSpend,
    /// Give credits to anyone.
    CreditsGrant,
    /// Everything.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] =
        [Self::CreditsRead, Self::CreditsSpend, Self::CreditsGrant, Self::Admin];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreditsRead => "credits:read",
            Self::CreditsSpend => "credits:spend",
            Self::CreditsGrant => "credits:grant",
            Self::Admin => "admin",
        }
    }

    /// The scope of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::CreditsRead => 1,
            Self::CreditsSpend => 2,
            Self::CreditsGrant => 4,
            Self::Admin => 8,
        }
    }
}

/// A set of scopes with at least one in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// The set of these.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Result<Self, ParseError> {
        let bits = scopes.into_iter().fold(0, |bits, scope| bits | scope.bit());
        if bits == 0 { Err(ParseError::Empty) } else { Ok(Self(bits)) }
    }

    /// Words with commas between them.
    pub fn parse(words: &str) -> Result<Self, ParseError> {
        let not = ParseError::Not("a list of credits:read, credits:spend, credits:grant, admin");
        let scopes = words.split(',').map(|word| Scope::parse(word.trim()).ok_or(not));
        scopes.collect::<Result<Vec<_>, _>>().and_then(Self::of)
    }

    /// Whether the set allows it; `admin` allows everything.
    pub const fn allow(self, scope: Scope) -> bool {
        self.0 & (scope.bit() | Scope::Admin.bit()) != 0
    }

    /// Those named in the set.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.0 & scope.bit() != 0)
    }
}

/// The words with commas between them, which read back.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Scope::as_str).collect();
        f.write_str(&words.join(","))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scopes({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_allows_what_it_names_and_admin_allows_everything() {
        let reader = Scopes::parse("credits:read").unwrap();
        assert!(reader.allow(Scope::CreditsRead) && !reader.allow(Scope::CreditsSpend));
        let admin = Scopes::parse("admin").unwrap();
        assert!(Scope::ALL.into_iter().all(|scope| admin.allow(scope)));
        assert_eq!(admin.to_string(), "admin", "what is implied is not named");
    }

    #[test]
    fn a_set_reads_back_as_it_prints_and_is_never_empty() {
        let scopes = Scopes::parse("credits:spend, credits:read,credits:spend").unwrap();
        assert_eq!(scopes.to_string(), "credits:read,credits:spend");
        assert_eq!(Scopes::parse(&scopes.to_string()), Ok(scopes));
        for words in ["", ",", "credits:read,", "Admin", "credits"] {
            assert!(Scopes::parse(words).is_err(), "{words:?}");
        }
    }
}
