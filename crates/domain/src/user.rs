//! People.

use ledger::{Text, Time, WalletId};

use crate::email::Email;
use crate::id::UserId;
use crate::role::Role;

/// A person who has a wallet, works here, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Counts up from 1.
    pub id: UserId,
    /// As it was given; unique, whatever its case.
    pub email: Email,
    /// What to call them.
    pub name: Text,
    /// What they may do.
    pub role: Role,
    /// Their id in the caller's system; unique.
    pub external_id: Option<Text>,
    /// Theirs, once the ledger has opened it.
    pub wallet: Option<WalletId>,
    /// When they were made.
    pub created_at: Time,
    /// When they were changed last.
    pub updated_at: Time,
}
