//! API keys, without their secrets.

use ledger::{Text, Time};

use crate::id::ApiKeyId;
use crate::scope::Scopes;

/// A key a program calls with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Counts up from 1.
    pub id: ApiKeyId,
    /// Who the caller is: a rotated key keeps it.
    pub name: Text,
    /// How the secret begins, to tell keys apart by.
    pub prefix: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Time,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// About when it was used last.
    pub last_used_at: Option<Time>,
}
