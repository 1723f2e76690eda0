//! Who calls, and whether they may: 401 and 403 come before anything in the
//! request is looked at.

use std::marker::PhantomData;

use app::AuthError;
use axum::extract::FromRequestParts;
use domain::Scope;
use http::request::Parts;
use http::{HeaderMap, header};
use secrecy::SecretString;

use super::request_id::RequestId;
use super::test_clock;
use crate::api::Api;
use crate::problem::{Code, Problem};

/// A caller that may do what `S` says.
pub(crate) struct Caller<S> {
    inner: app::Caller,
    permit: PhantomData<S>,
}

/// What an endpoint asks of its caller.
pub(crate) trait Permit: Send + Sync {
    /// Any of these scopes will do.
    const ANY_OF: &'static [Scope];

    /// Whether it lets a caller in.
    fn lets_in(caller: &app::Caller) -> bool {
        Self::ANY_OF.iter().any(|scope| caller.allows(*scope))
    }
}

macro_rules! permits {
    ($($(#[$doc:meta])* $name:ident: $($scope:ident)|+;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl Permit for $name {
            const ANY_OF: &'static [Scope] = &[$(Scope::$scope),+];
        }
    )+};
}

permits! {
    /// Looks at credits.
    Reads: CreditsRead;
    /// Spends and holds credits.
    Spends: CreditsSpend;
    /// Gives credits.
    Grants: CreditsGrant;
    /// Looks at credits or spends them.
    ReadsOrSpends: CreditsRead | CreditsSpend;
    /// Spends credits or gives them; each operation asks for its own.
    SpendsOrGrants: CreditsSpend | CreditsGrant;
    /// Runs the place.
    Administers: Admin;
}

/// Looks at credits of anyone's: a customer's own is not enough.
pub(crate) struct ReadsEveryones;

impl Permit for ReadsEveryones {
    const ANY_OF: &'static [Scope] = &[Scope::CreditsRead];

    fn lets_in(caller: &app::Caller) -> bool {
        caller.reaches(Scope::CreditsRead)
    }
}

/// Looks at everyone together.
pub(crate) struct Oversees;

impl Permit for Oversees {
    const ANY_OF: &'static [Scope] = &[Scope::Admin];

    fn lets_in(caller: &app::Caller) -> bool {
        caller.oversees()
    }
}

/// Takes credits away: a key with this scope, and people who move credits.
pub(crate) struct Removes;

impl Permit for Removes {
    const ANY_OF: &'static [Scope] = &[Scope::Admin];

    fn lets_in(caller: &app::Caller) -> bool {
        caller.removes()
    }
}

impl<S> Caller<S> {
    /// As use cases know them.
    pub(crate) fn into_inner(self) -> app::Caller {
        self.inner
    }
}

impl<S: Permit> FromRequestParts<Api> for Caller<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let token = bearer(&parts.headers)?;
        let mut inner = api.app().authenticate(&token).await?;
        if !S::lets_in(&inner) {
            return Err(forbidden(S::ANY_OF));
        }
        inner.request = parts.extensions.get::<RequestId>().map(RequestId::text);
        test_clock::follow(&parts.headers, &inner, api)?;
        Ok(Self { inner, permit: PhantomData })
    }
}

/// Whoever calls what is open to everyone: nobody in particular, or who a token
/// names. A token that names nobody is refused all the same.
pub(crate) struct Visitor(pub(crate) Option<app::Caller>);

impl FromRequestParts<Api> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self(None));
        }
        let mut caller = api.app().authenticate(&bearer(&parts.headers)?).await?;
        caller.request = parts.extensions.get::<RequestId>().map(RequestId::text);
        test_clock::follow(&parts.headers, &caller, api)?;
        Ok(Self(Some(caller)))
    }
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Result<SecretString, Problem> {
    let value = headers.get(header::AUTHORIZATION).ok_or_else(unauthenticated)?;
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthenticated());
    }
    Ok(SecretString::from(token.trim()))
}

fn unauthenticated() -> Problem {
    let detail = "Send the header `Authorization: Bearer KEY` with a key that is not revoked.";
    Problem::new(Code::Unauthenticated, detail)
}

fn forbidden(any_of: &[Scope]) -> Problem {
    let scopes: Vec<_> = any_of.iter().map(|scope| scope.as_str()).collect();
    let detail = format!("This needs the scope {}. Use a key that has it.", scopes.join(" or "));
    Problem::new(Code::Forbidden, detail)
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unknown => unauthenticated(),
            AuthError::Failed(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use app::Authority;
    use domain::{Role, Scopes, Text, UserId};

    use super::*;

    fn person(role: Role) -> app::Caller {
        let authority = Authority::User { id: UserId::from_number(1), role };
        app::Caller { authority, request: None }
    }

    fn key(scopes: &str) -> app::Caller {
        let (name, scopes) = (Text::parse("k").unwrap(), Scopes::parse(scopes).unwrap());
        app::Caller { authority: Authority::Key { name, scopes }, request: None }
    }

    #[test]
    fn a_customer_is_let_in_to_what_is_theirs_and_not_to_what_is_everyones() {
        for role in Role::ALL {
            let (caller, works_here) = (person(role), role != Role::Customer);
            assert!(Reads::lets_in(&caller), "{role:?}");
            assert_eq!(ReadsEveryones::lets_in(&caller), works_here, "{role:?}");
            assert_eq!(Oversees::lets_in(&caller), works_here, "{role:?}");
        }
    }

    #[test]
    fn a_key_that_reads_sees_one_user_at_a_time_and_an_admins_everyone() {
        let (reader, admin) = (key("credits:read"), key("admin"));
        assert!(ReadsEveryones::lets_in(&reader) && ReadsEveryones::lets_in(&admin));
        assert!(!Oversees::lets_in(&reader) && Oversees::lets_in(&admin));
        assert!(!ReadsEveryones::lets_in(&key("credits:spend,credits:grant")));
    }
}
