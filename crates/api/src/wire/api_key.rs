//! API keys. The secret is in one answer, the one that made it.

use app::NewApiKey;
use domain::{ApiKey as Key, Scopes, Text};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::In;
use super::output::{Instant, Shown};
use super::scalar::{ScopeIn, TextIn};
use crate::extract::Form;
use crate::problem::Problem;

/// An API key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"name": "worker", "scopes": ["credits:read", "credits:spend"]})))]
pub(crate) struct ApiKeyBody {
    /// Who the caller is: a rotated key keeps it.
    name: TextIn,
    /// What it may do.
    scopes: Vec<ScopeIn>,
}

impl Form for ApiKeyBody {
    type Request = (Text, Scopes);

    fn into_request(self) -> Result<Self::Request, Problem> {
        let scopes = Scopes::of(self.scopes.into_iter().map(In::into_inner));
        let scopes = scopes.map_err(|error| Problem::invalid_at("/scopes", error.to_string()))?;
        Ok((self.name.into_inner(), scopes))
    }
}

/// An API key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKey {
    id: i64,
    #[schema(value_type = String, examples("worker"))]
    name: Shown<Text>,
    /// How the secret begins, to tell keys apart by.
    prefix: String,
    #[schema(value_type = Vec<ScopeIn>)]
    scopes: Vec<&'static str>,
    created_at: Instant,
    revoked_at: Option<Instant>,
    /// About when it was used last.
    last_used_at: Option<Instant>,
}

impl From<Key> for ApiKey {
    fn from(key: Key) -> Self {
        Self {
            id: key.id.number(),
            name: Shown(key.name),
            prefix: key.prefix,
            scopes: key.scopes.iter().map(domain::Scope::as_str).collect(),
            created_at: Instant(key.created_at),
            revoked_at: key.revoked_at.map(Instant),
            last_used_at: key.last_used_at.map(Instant),
        }
    }
}

/// A new API key. Keep the secret: it is not shown again, not even where the answer
/// is given again.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiKeyMade {
    key: ApiKey,
    /// What goes behind `Authorization: Bearer`.
    #[schema(examples("sk_…"))]
    secret: Option<String>,
}

impl From<NewApiKey> for ApiKeyMade {
    fn from(made: NewApiKey) -> Self {
        let secret = made.secret.map(|secret| secret.expose_secret().to_owned());
        Self { key: made.key.into(), secret }
    }
}

/// Every API key, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeyList {
    keys: Vec<ApiKey>,
}

impl From<Vec<Key>> for ApiKeyList {
    fn from(keys: Vec<Key>) -> Self {
        Self { keys: keys.into_iter().map(Into::into).collect() }
    }
}
