//! Signing in and out: a session is an opaque token, shown once and kept as its
//! digest, that ends by itself, by its owner, or by a new password.

mod begin;
mod password;

use domain::{Email, Time, User};
use secrecy::SecretString;

use crate::issuer::Issuer;
use crate::passwords::{GivenPassword, Password, PasswordCost};

/// How people sign in.
#[derive(Clone, Debug, Default)]
pub struct Auth {
    /// Whether they make accounts themselves; as the book's mode says if absent.
    pub registration: Option<Registration>,
    /// How long sessions last.
    pub sessions: SessionLife,
    /// Whose tokens are taken beside our own.
    pub issuer: Option<Issuer>,
    /// What new hashes cost.
    pub password_cost: PasswordCost,
}

/// Whether people may make accounts themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// They may.
    Open,
    /// An admin makes them.
    Closed,
}

/// How long sessions last, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLife {
    /// However they are used.
    pub whole_us: i64,
    /// Without being used.
    pub idle_us: i64,
}

/// Who wants to sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Their address, whatever its case.
    pub email: Email,
    /// What they say their password is.
    pub password: GivenPassword,
    /// The session they had in the same place: it ends.
    pub replaces: Option<SecretString>,
}

/// Who wants an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Unique, whatever its case.
    pub email: Email,
    /// What to call them.
    pub name: domain::Text,
    /// What they will sign in with.
    pub password: Password,
    /// The session they had in the same place: it ends.
    pub replaces: Option<SecretString>,
}

/// A session that was just begun. Its token is nowhere else.
#[derive(Debug)]
pub struct SignedIn {
    /// What the person's client sends.
    pub token: SecretString,
    /// When it ends, however it is used.
    pub expires_at: Time,
    /// How long that is, in seconds.
    pub lasts_s: i64,
    /// Who they are.
    pub user: User,
}

/// A change of a password.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The one they have.
    pub current: GivenPassword,
    /// The one they want.
    pub new: Password,
    /// The token they call with: its session is the one that goes on.
    pub token: SecretString,
}

impl Default for SessionLife {
    fn default() -> Self {
        Self { whole_us: 30 * Time::DAY, idle_us: 7 * Time::DAY }
    }
}
