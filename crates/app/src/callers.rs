//! Who calls, and what they may do. This module must not know how a token
//! reaches the server.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use domain::{Actor, Role, Scope, Scopes, Text, UserId};
use secrecy::SecretString;

use crate::App;
use crate::directory::{Digest, LiveKey};
use crate::error::Error;

/// How long a key that was found is believed, in microseconds: a key revoked by
/// another process works no longer than this.
const FRESH_US: i64 = 1_000_000;

/// The most keys that are remembered.
const KEYS_MAX: usize = 4_096;

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
            Authority::User { role, .. } => is_own(scope) || role_allows(role, scope),
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
            Authority::User { role, .. } => role_allows(role, scope),
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

/// What a role may do with what is anyone's.
const fn role_allows(role: Role, scope: Scope) -> bool {
    match scope {
        Scope::CreditsRead => role.reads_everyones(),
        Scope::CreditsGrant => role.moves_credits(),
        Scope::CreditsSpend | Scope::Admin => matches!(role, Role::Admin),
    }
}

/// Keys that were found a moment ago.
#[derive(Default)]
pub(crate) struct KeyCache(RwLock<Known>);

#[derive(Default)]
struct Known {
    keys: HashMap<Digest, (Authority, i64)>,
    /// Counts revocations: what was read before one is not remembered after it.
    revocations: u64,
}

impl KeyCache {
    fn find(&self, digest: Digest, now: i64) -> Option<Authority> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (authority, found_at) = known.keys.get(&digest)?;
        (now.saturating_sub(*found_at) < FRESH_US).then(|| authority.clone())
    }

    fn revocations(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).revocations
    }

    fn keep(&self, digest: Digest, found: (Authority, i64), revocations: u64) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.revocations != revocations {
            return;
        }
        if known.keys.len() >= KEYS_MAX {
            known.keys.clear();
        }
        known.keys.insert(digest, found);
    }

    /// Forgets every key: one was revoked.
    pub(crate) fn forget(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.revocations = known.revocations.wrapping_add(1);
        known.keys.clear();
    }
}

impl App {
    /// Who calls with this token.
    pub async fn authenticate(&self, bearer: &SecretString) -> Result<Caller, AuthError> {
        let directory = &self.parts.directory;
        let digest = directory.digest(bearer).ok_or(AuthError::Unknown)?;
        let now = self.monotonic();
        if let Some(authority) = self.parts.keys.find(digest, now) {
            return Ok(Caller { authority, request: None });
        }
        let revocations = self.parts.keys.revocations();
        let key = directory.find_key(digest).await?.ok_or(AuthError::Unknown)?;
        let LiveKey { id, name, scopes, last_used_at } = key;
        // A clock that jumped and a book that can't be written to stop commands;
        // who calls is known all the same.
        if let Ok(at) = self.ledger().now()
            && let Err(error) = directory.note_use(id, last_used_at, at).await
        {
            tracing::warn!(%error, key = name.as_str(), "api_keys.use_not_noted");
        }
        let authority = Authority::Key { name, scopes };
        self.parts.keys.keep(digest, (authority.clone(), now), revocations);
        Ok(Caller { authority, request: None })
    }
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

    #[test]
    fn a_key_read_before_a_revocation_is_not_remembered_after_it() {
        let cache = KeyCache::default();
        let before = cache.revocations();
        cache.forget();
        cache.keep(Digest([1; 16]), (Authority::System, 0), before);
        assert_eq!(cache.find(Digest([1; 16]), 0), None);
    }

    #[test]
    fn a_key_is_believed_for_a_second() {
        let cache = KeyCache::default();
        cache.keep(Digest([1; 16]), (Authority::System, 5), cache.revocations());
        assert_eq!(cache.find(Digest([1; 16]), 5 + FRESH_US - 1), Some(Authority::System));
        assert_eq!(cache.find(Digest([1; 16]), 5 + FRESH_US), None);
    }
}
