//! Who calls, and what they may do. This module must not know how a token
//! reaches the server.

mod authenticate;
mod cache;

use domain::{Actor, Role, Scope, Scopes, Text, UserId};

use crate::error::Error;

pub use authenticate::is_session;
pub(crate) use authenticate::{KEY_PREFIX, SESSION_PREFIX};
pub(crate) use cache::KeyCache;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// On what ground.
    pub authority: Authority,
    /// The id of the request.
    pub request: Option<Text>,
}

/// On what ground somebody calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// With an API key.
    Key {
        /// Its name.
        name: Text,
        /// What it may do.
        scopes: Scopes,
    },
    /// As a person.
    User {
        /// Who.
        id: UserId,
        /// What they are.
        role: Role,
    },
    /// From the machine itself: who runs the program may do everything.
    System,
}

/// Why a token names nobody.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// It is no token, or no longer one.
    #[error("the token is not valid")]
    Unknown,
    /// It could not be looked up.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Caller {
    /// The machine itself.
    pub const SYSTEM: Self = Self { authority: Authority::System, request: None };

    /// Who it is to the ledger.
    pub fn actor(&self) -> Actor {
        match &self.authority {
            Authority::Key { name, .. } => Actor::Key(name.clone()),
            Authority::User { id, .. } => Actor::User(id.number()),
            Authority::System => Actor::System,
        }
    }

    /// The person, if it is one.
    pub const fn user(&self) -> Option<UserId> {
        match self.authority {
            Authority::User { id, .. } => Some(id),
            Authority::Key { .. } | Authority::System => None,
        }
    }

    /// Whether they may do it at all: a customer only with what is theirs.
    pub const fn allows(&self, scope: Scope) -> bool {
        match self.authority {
            Authority::Key { scopes, .. } => scopes.allow(scope),
            Authority::User { role, .. } => is_own(scope) || role.reaches(scope),
            Authority::System => true,
        }
    }

    /// Whether they may do it with what is this user's.
    pub fn may(&self, scope: Scope, owner: UserId) -> bool {
        let own = self.user() == Some(owner) && is_own(scope);
        own || self.reaches(scope)
    }

    /// Whether they may take credits away: people who move credits, and keys for
    /// everything. A key that gives takes nothing back.
    pub const fn removes(&self) -> bool {
        match self.authority {
            Authority::User { role, .. } => role.moves_credits(),
            Authority::Key { .. } | Authority::System => self.allows(Scope::Admin),
        }
    }

    /// Whether they may do it with what is anyone's.
    pub const fn reaches(&self, scope: Scope) -> bool {
        match self.authority {
            Authority::User { role, .. } => role.reaches(scope),
            Authority::Key { .. } | Authority::System => self.allows(scope),
        }
    }

    /// Whether they may look at everyone together: a person who reads everyone's
    /// credits, or a key of an admin's.
    pub const fn oversees(&self) -> bool {
        match self.authority {
            Authority::User { role, .. } => role.reads_everyones(),
            Authority::Key { .. } | Authority::System => self.allows(Scope::Admin),
        }
    }

    /// Nothing, or that they may not look at everyone.
    pub(crate) fn check_oversight(&self) -> Result<(), Error> {
        if self.oversees() { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// Nothing, or that they may not.
    pub(crate) fn check(&self, scope: Scope) -> Result<(), Error> {
        if self.allows(scope) { Ok(()) } else { Err(Error::Forbidden) }
    }
}

/// What everyone may do with what is theirs.
const fn is_own(scope: Scope) -> bool {
    matches!(scope, Scope::CreditsRead | Scope::CreditsSpend)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: UserId = UserId::from_number(1);
    const BOB: UserId = UserId::from_number(2);

    fn person(role: Role) -> Caller {
        Caller { authority: Authority::User { id: ADA, role }, request: None }
    }

    #[test]
    fn a_customer_reads_and_spends_their_own_and_nothing_else() {
        let ada = person(Role::Customer);
        assert!(ada.may(Scope::CreditsRead, ADA) && ada.may(Scope::CreditsSpend, ADA));
        assert!(!ada.may(Scope::CreditsGrant, ADA), "nobody gives themselves credits");
        for scope in Scope::ALL {
            assert!(!ada.may(scope, BOB), "{scope:?}");
        }
    }

    #[test]
    fn roles_reach_as_far_as_they_are_said_to() {
        use Scope::{Admin, CreditsGrant, CreditsRead, CreditsSpend};
        for (role, allowed) in [
            (Role::Support, &[CreditsRead][..]),
            (Role::Finance, &[CreditsRead, CreditsGrant]),
            (Role::Admin, &[CreditsRead, CreditsSpend, CreditsGrant, Admin]),
        ] {
            for scope in Scope::ALL {
                assert_eq!(person(role).may(scope, BOB), allowed.contains(&scope), "{role:?}");
            }
        }
    }

    #[test]
    fn staff_and_the_keys_of_admins_look_at_everyone() {
        for role in Role::ALL {
            assert_eq!(person(role).oversees(), role != Role::Customer, "{role:?}");
        }
        for (scopes, expected) in [("credits:read,credits:grant", false), ("admin", true)] {
            let (name, scopes) = (Text::parse("k").unwrap(), Scopes::parse(scopes).unwrap());
            let key = Caller { authority: Authority::Key { name, scopes }, request: None };
            assert_eq!(key.oversees(), expected, "{scopes:?}");
        }
    }

    #[test]
    fn a_key_does_what_its_scopes_say_for_anyone() {
        let authority = Authority::Key {
            name: Text::parse("worker").unwrap(),
            scopes: Scopes::parse("credits:spend").unwrap(),
        };
        let key = Caller { authority, request: None };
        assert!(key.may(Scope::CreditsSpend, BOB));
        assert!(!key.may(Scope::CreditsRead, BOB) && !key.allows(Scope::Admin));
        assert_eq!(key.user(), None);
    }
}
