//! A user as rows, answers and the audit log keep them.

use domain::{Email, Role, Text, Time, User, UserId};
use serde::{Deserialize, Serialize};

use crate::error::{Error, stored};

/// A user in a stored answer or an entry of the audit log. No password.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Kept {
    id: i64,
    email: String,
    name: String,
    role: String,
    external_id: Option<String>,
    created_at: i64,
    updated_at: i64,
}

impl Kept {
    pub(super) fn of(user: &User) -> Self {
        Self {
            id: user.id.number(),
            email: user.email.as_str().to_owned(),
            name: user.name.as_str().to_owned(),
            role: user.role.as_str().to_owned(),
            external_id: user.external_id.as_ref().map(ToString::to_string),
            created_at: user.created_at.micros(),
            updated_at: user.updated_at.micros(),
        }
    }

    /// The user; which wallet is theirs is not part of an answer.
    pub(super) fn into_user(self) -> Result<User, Error> {
        user(&store::users::User {
            id: self.id,
            email: self.email,
            name: self.name,
            role: self.role,
            external_id: self.external_id,
            password_hash: None,
            wallet_id: None,
            created_at: Time::from_micros(self.created_at),
            updated_at: Time::from_micros(self.updated_at),
        })
    }
}

/// A user from their row.
pub(crate) fn user(row: &store::users::User) -> Result<User, Error> {
    Ok(User {
        id: UserId::from_number(row.id),
        email: Email::parse(&row.email).map_err(stored("address"))?,
        name: text(&row.name)?,
        role: role(&row.role)?,
        external_id: row.external_id.as_deref().map(text).transpose()?,
        wallet: row.wallet_id,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// A role from its word.
pub(crate) fn role(word: &str) -> Result<Role, Error> {
    Role::parse(word).ok_or_else(|| Error::internal("a stored role is not one of ours"))
}

/// A user's row as it should become. Passwords are written apart.
pub(super) fn row(user: &User) -> store::users::User {
    store::users::User {
        id: user.id.number(),
        email: user.email.as_str().to_owned(),
        name: user.name.as_str().to_owned(),
        role: user.role.as_str().to_owned(),
        external_id: user.external_id.as_ref().map(ToString::to_string),
        password_hash: None,
        wallet_id: user.wallet,
        created_at: user.created_at,
        updated_at: user.updated_at,
    }
}

fn text(text: &str) -> Result<Text, Error> {
    Text::parse(text).map_err(|error| stored("text")(error.into()))
}
