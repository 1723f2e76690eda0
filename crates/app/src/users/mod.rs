//! Users: making, changing and finding them.

mod admins;
mod find;
mod row;
mod write;

use domain::{Email, Role, Text, UserId};

pub(crate) use row::{role as role_of_row, user as user_of_row};
pub(crate) use write::insert as insert_user;

/// A user to be made, or to be brought up to date by their external id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// Unique, whatever its case.
    pub email: Email,
    /// What to call them.
    pub name: Text,
    /// What they may do.
    pub role: Role,
    /// Their id in the caller's system: who has it is changed, not made.
    pub external_id: Option<Text>,
    /// How they sign in, if they do.
    pub password_hash: Option<String>,
}

/// What is changed of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserPatch {
    /// Another address.
    pub email: Option<Email>,
    /// Another name.
    pub name: Option<Text>,
    /// Another role.
    pub role: Option<Role>,
    /// Another id in the caller's system, or none.
    pub external_id: Change<Text>,
}

/// What is done to a field that may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// It is emptied.
    Clear,
    /// It becomes this.
    Set(T),
}

/// Which users a list is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// What stands in their address, name or external id, whatever its case.
    pub search: Option<Text>,
    /// What they are.
    pub role: Option<Role>,
}

/// What finds one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserKey {
    /// Their id.
    Id(UserId),
    /// Their id in the caller's system.
    External(Text),
    /// Their address, whatever its case.
    Email(Email),
}

impl<T> Change<T> {
    /// The field once it is done.
    pub(crate) fn apply(self, field: Option<T>) -> Option<T> {
        match self {
            Self::Keep => field,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}
