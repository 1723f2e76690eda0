//! Signing in: what people send, and who they are then. The token is in one
//! answer, the one that made it.

use app::{GivenPassword, Password};
use domain::{Email, Role, Text};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::output::{Instant, Shown};
use super::scalar::{EmailIn, GivenPasswordIn, PasswordIn, RoleIn, TextIn};
use crate::extract::Form;
use crate::problem::Problem;

/// Who signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"email": "ada@example.com", "password": "correct horse"})))]
pub(crate) struct LoginBody {
    /// Their address, whatever its case.
    email: EmailIn,
    /// Their password.
    password: GivenPasswordIn,
}

impl Form for LoginBody {
    type Request = (Email, GivenPassword);

    fn into_request(self) -> Result<Self::Request, Problem> {
        Ok((self.email.into_inner(), self.password.into_inner()))
    }
}

/// Who makes an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "email": "ada@example.com",
    "name": "Ada",
    "password": "correct horse"
})))]
pub(crate) struct RegisterBody {
    /// Unique, whatever its case.
    email: EmailIn,
    /// What to call them.
    name: TextIn,
    /// What they will sign in with.
    password: PasswordIn,
}

impl Form for RegisterBody {
    type Request = (Email, Text, Password);

    fn into_request(self) -> Result<Self::Request, Problem> {
        Ok((self.email.into_inner(), self.name.into_inner(), self.password.into_inner()))
    }
}

/// A new password in place of the current one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "current_password": "correct horse",
    "new_password": "battery staple"
})))]
pub(crate) struct PasswordBody {
    /// The one they have.
    current_password: GivenPasswordIn,
    /// The one they want.
    new_password: PasswordIn,
}

impl Form for PasswordBody {
    type Request = (GivenPassword, Password);

    fn into_request(self) -> Result<Self::Request, Problem> {
        Ok((self.current_password.into_inner(), self.new_password.into_inner()))
    }
}

/// A session that was just begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// What to send as `Authorization: Bearer …`; a browser has it as a cookie
    /// already. It is shown here and never again.
    #[schema(examples("st_6f1c2a9e0b7d4c35a8e1f0d2b3c49576"))]
    token: String,
    /// When it ends, however it is used.
    expires_at: Instant,
    user: Me,
}

impl From<app::SignedIn> for SignedIn {
    fn from(signed_in: app::SignedIn) -> Self {
        Self {
            token: signed_in.token.expose_secret().to_owned(),
            expires_at: Instant(signed_in.expires_at),
            user: signed_in.user.into(),
        }
    }
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    #[schema(examples(7))]
    id: i64,
    #[schema(examples("ada@example.com"))]
    email: String,
    #[schema(value_type = String, examples("Ada"))]
    name: Shown<Text>,
    #[schema(value_type = RoleIn)]
    role: &'static str,
    is_admin: bool,
}

impl From<domain::User> for Me {
    fn from(user: domain::User) -> Self {
        Self {
            id: user.id.number(),
            email: user.email.as_str().to_owned(),
            name: Shown(user.name),
            role: user.role.as_str(),
            is_admin: user.role == Role::Admin,
        }
    }
}
