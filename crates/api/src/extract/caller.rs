//! Who calls, and whether they may: 401 and 403 come before anything in the
//! request is looked at. What they prove it with is `credentials`' matter.

use std::marker::PhantomData;

use app::{AuthError, Authority};
use axum::extract::FromRequestParts;
use domain::{Role, Scope, Text};
use http::request::Parts;
use secrecy::SecretString;

use super::credentials::{Credentials, unauthenticated};
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
        let (inner, _) = identify(parts, api).await?;
        if !S::lets_in(&inner) {
            return Err(forbidden::<S>(&inner));
        }
        test_clock::follow(&parts.headers, &inner, api).await?;
        Ok(Self { inner, permit: PhantomData })
    }
}

/// Whoever calls what is open to everyone: nobody in particular, or who a token
/// names. A token that names nobody is refused all the same.
pub(crate) struct Visitor(pub(crate) Option<app::Caller>);

impl FromRequestParts<Api> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        if !Credentials::are_in(&parts.headers) {
            return Ok(Self(None));
        }
        let (caller, _) = identify(parts, api).await?;
        test_clock::follow(&parts.headers, &caller, api).await?;
        Ok(Self(Some(caller)))
    }
}

/// A caller that is a person, whoever they are, with what they proved it by.
pub(crate) struct Person {
    caller: app::Caller,
    token: SecretString,
}

impl Person {
    /// As use cases know them, and their token.
    pub(crate) fn into_parts(self) -> (app::Caller, SecretString) {
        (self.caller, self.token)
    }
}

impl FromRequestParts<Api> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let (caller, credentials) = identify(parts, api).await?;
        if caller.user().is_none() {
            let detail = "This is for people: sign in instead of sending a key.";
            return Err(Problem::new(Code::Forbidden, detail));
        }
        Ok(Self { caller, token: credentials.into_token() })
    }
}

/// Anybody who may make an account: 403 comes before their body is looked at.
pub(crate) struct Newcomer {
    /// The id of the request.
    pub(crate) request: Option<Text>,
}

impl FromRequestParts<Api> for Newcomer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        api.app().check_registration()?;
        Ok(Self { request: parts.extensions.get::<RequestId>().map(RequestId::text) })
    }
}

async fn identify(parts: &mut Parts, api: &Api) -> Result<(app::Caller, Credentials), Problem> {
    let credentials = Credentials::of(&parts.headers)?;
    let mut caller = match api.app().authenticate(credentials.token()).await {
        Err(AuthError::Unknown) => return Err(unknown(&credentials)),
        identified => identified?,
    };
    credentials.check_origin(parts)?;
    caller.request = parts.extensions.get::<RequestId>().map(RequestId::text);
    Ok((caller, credentials))
}

/// What to do about a token that is not taken.
fn unknown(credentials: &Credentials) -> Problem {
    if app::is_session(credentials.token()) {
        let detail = "This session has ended. Sign in again.";
        return Problem::new(Code::Unauthenticated, detail);
    }
    unauthenticated()
}

fn forbidden<S: Permit>(caller: &app::Caller) -> Problem {
    let detail = if let Some(id) = caller.user() {
        let may = |role: &Role| {
            let authority = Authority::User { id, role: *role };
            S::lets_in(&app::Caller { authority, request: None })
        };
        let roles: Vec<_> = Role::ALL.into_iter().filter(may).map(Role::as_str).collect();
        format!("This needs the role {}. Ask somebody who has it.", roles.join(" or "))
    } else {
        let scopes: Vec<_> = S::ANY_OF.iter().map(|scope| scope.as_str()).collect();
        format!("This needs the scope {}. Use a key that has it.", scopes.join(" or "))
    };
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
