//! From a token to who calls: an API key, a session, or a token of the
//! platform's own issuer. What a person may do comes from their stored user.

use domain::{Role, UserId};
use secrecy::{ExposeSecret as _, SecretString};
use store::{Tx, sessions, users};

use super::{AuthError, Authority, Caller};
use crate::App;
use crate::directory::{Act, Digest, LiveKey};
use crate::error::Error;
use crate::issuer::Identity;
use crate::users::{NewUser, insert_user, role_of_row, user_of_row};

/// What every key begins with.
pub(crate) const KEY_PREFIX: &str = "sk_";

/// What every session's token begins with.
pub(crate) const SESSION_PREFIX: &str = "st_";

/// How much later a use of a session must be to be noted, in microseconds.
const USE_NOTED_US: i64 = 60 * domain::Time::SECOND;

/// What a token looks like.
#[derive(Clone, Copy)]
enum Kind {
    Key,
    Session,
    Issued,
}

impl Kind {
    fn of(token: &SecretString) -> Option<Self> {
        let token = token.expose_secret();
        if token.starts_with(KEY_PREFIX) {
            return Some(Self::Key);
        }
        if token.starts_with(SESSION_PREFIX) {
            return Some(Self::Session);
        }
        (token.split('.').count() == 3).then_some(Self::Issued)
    }
}

/// Whether a token looks like one of a session: nothing else stands in a cookie.
pub fn is_session(token: &SecretString) -> bool {
    matches!(Kind::of(token), Some(Kind::Session))
}

impl App {
    /// Who calls with this token.
    pub async fn authenticate(&self, bearer: &SecretString) -> Result<Caller, AuthError> {
        let kind = Kind::of(bearer).ok_or(AuthError::Unknown)?;
        let digest = self.parts.directory.digest(bearer);
        let now = self.monotonic();
        if let Some(authority) = self.parts.keys.find(digest, now) {
            return Ok(Caller { authority, request: None });
        }
        let revocations = self.parts.keys.revocations();
        let authority = match kind {
            Kind::Key => self.by_key(digest).await?,
            Kind::Session => self.by_session(digest).await?,
            Kind::Issued => self.by_issuer(bearer).await?,
        };
        self.parts.keys.keep(digest, (authority.clone(), now), revocations);
        Ok(Caller { authority, request: None })
    }

    async fn by_key(&self, digest: Digest) -> Result<Authority, AuthError> {
        let directory = &self.parts.directory;
        let key = directory.find_key(digest).await?.ok_or(AuthError::Unknown)?;
        let LiveKey { id, name, scopes, last_used_at } = key;
        // A clock that jumped and a book that can't be written to stop commands;
        // who calls is known all the same.
        if let Ok(at) = self.ledger().now()
            && let Err(error) = directory.note_use(id, last_used_at, at).await
        {
            tracing::warn!(%error, key = name.as_str(), "api_keys.use_not_noted");
        }
        Ok(Authority::Key { name, scopes })
    }

    async fn by_session(&self, digest: Digest) -> Result<Authority, AuthError> {
        let found = self.opt(sessions::live_by_digest(&digest.0)).await?;
        let session = found.ok_or(AuthError::Unknown)?;
        let now = self.clock();
        let idle_us = now.since(session.last_seen_at);
        if now >= session.expires_at || idle_us >= self.parts.auth.sessions.idle_us {
            return Err(AuthError::Unknown);
        }
        if self.is_suspended(session.wallet_id).await? {
            return Err(AuthError::Unknown);
        }
        if idle_us >= USE_NOTED_US
            && let Err(error) = self.note_seen(session.id, now).await
        {
            tracing::warn!(%error, session = session.id, "sessions.use_not_noted");
        }
        let (id, role) = (UserId::from_number(session.user_id), role_of_row(&session.role)?);
        Ok(Authority::User { id, role })
    }

    async fn note_seen(&self, session: i64, at: domain::Time) -> Result<(), Error> {
        self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where another server noted a later use.
                Ok(tx.exec(sessions::touch(session, at)).await?.at_most_one().map(drop)?)
            })
        })
        .await
    }

    async fn by_issuer(&self, bearer: &SecretString) -> Result<Authority, AuthError> {
        let issuer = self.parts.auth.issuer.as_ref().ok_or(AuthError::Unknown)?;
        let identity = issuer.verify(bearer, self.parts.time.wall()).ok_or(AuthError::Unknown)?;
        let external_id = identity.external_id.clone();
        let found = self.read(move |tx| Box::pin(async move { find(tx, &external_id).await }));
        let row = match found.await? {
            Some(row) => row,
            None => self.provision(identity).await?.ok_or(AuthError::Unknown)?,
        };
        if self.is_suspended(row.wallet_id).await? {
            return Err(AuthError::Unknown);
        }
        let user = user_of_row(&row)?;
        Ok(Authority::User { id: user.id, role: user.role })
    }

    /// Makes a customer of somebody the issuer vouches for, unless their address
    /// is another user's. Nothing they say makes them more than a customer.
    async fn provision(&self, identity: Identity) -> Result<Option<users::User>, Error> {
        let Identity { external_id, email, name } = identity;
        let Some(email) = email else { return Ok(None) };
        let called = email.as_str().split('@').next().unwrap_or_default();
        let name = match name {
            Some(name) => name,
            None => domain::Text::parse(called).map_err(Error::internal)?,
        };
        let role = Role::Customer;
        let external_id = Some(external_id);
        let new = NewUser { email, name, role, external_id, password_hash: None };
        let act = Act { actor: domain::Actor::System, request: None, at: self.clock() };
        let made = self.write(move |tx| Box::pin(async move { make(tx, &act, &new).await }));
        match made.await {
            Err(Error::Invalid(_)) => Ok(None),
            made => made.map(Some),
        }
    }
}

/// The one who was made a moment ago, or a new one.
async fn make(tx: &mut Tx, act: &Act, new: &NewUser) -> Result<users::User, Error> {
    if let Some(id) = &new.external_id
        && let Some(made) = find(tx, id).await?
    {
        return Ok(made);
    }
    let user = insert_user(tx, act, new).await?;
    Ok(tx.one(users::by_id(user.id.number())).await?)
}

async fn find(tx: &mut Tx, external_id: &domain::Text) -> Result<Option<users::User>, Error> {
    Ok(tx.opt(users::by_external_id(external_id.as_str())).await?)
}
