//! What a person is to the product.

use crate::scope::Scope;

/// What a person is, and so may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Has credits of their own.
    Customer,
    /// Reads everyone's and works on disputes.
    Support,
    /// Adds, removes and refunds too.
    Finance,
    /// Does everything.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Customer, Self::Support, Self::Finance, Self::Admin];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Support => "support",
            Self::Finance => "finance",
            Self::Admin => "admin",
        }
    }

    /// The role of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether they may do that with what is anyone's.
    pub const fn reaches(self, scope: Scope) -> bool {
        match scope {
            Scope::CreditsRead => self.reads_everyones(),
            Scope::CreditsGrant => self.moves_credits(),
            Scope::CreditsSpend | Scope::Admin => matches!(self, Self::Admin),
        }
    }

    /// Whether they may look at what is not theirs.
    pub const fn reads_everyones(self) -> bool {
        matches!(self, Self::Support | Self::Finance | Self::Admin)
    }

    /// Whether they may give credits and take them away.
    pub const fn moves_credits(self) -> bool {
        matches!(self, Self::Finance | Self::Admin)
    }
}
