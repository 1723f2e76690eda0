//! Users, and what asks for them.

use app::{Change, NewUser, UserFilter, UserKey, UserPatch};
use domain::{Role, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::page;
use super::input::{In, Patch};
use super::output::{Instant, Shown};
use super::scalar::{EmailIn, RoleIn, SearchIn, TextIn, WholeIn};
use crate::extract::Form;
use crate::problem::Problem;

/// A user to be made. Who has the `external_id` already is brought up to date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "email": "ada@example.com",
    "name": "Ada",
    "role": "customer",
    "external_id": "u-1815"
})))]
pub(crate) struct UserBody {
    /// Unique, whatever its case.
    email: EmailIn,
    /// What to call them.
    name: TextIn,
    /// What they may do.
    role: RoleIn,
    /// Their id in your system.
    external_id: Option<TextIn>,
}

impl Form for UserBody {
    type Request = NewUser;

    fn into_request(self) -> Result<NewUser, Problem> {
        Ok(NewUser {
            email: self.email.into_inner(),
            name: self.name.into_inner(),
            role: self.role.into_inner(),
            external_id: self.external_id.map(In::into_inner),
            password_hash: None,
        })
    }
}

/// What changes of a user; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"name": "Ada Lovelace", "external_id": null})))]
pub(crate) struct UserPatchBody {
    /// Unique, whatever its case.
    email: Option<EmailIn>,
    /// What to call them.
    name: Option<TextIn>,
    /// What they may do.
    role: Option<RoleIn>,
    /// Their id in your system; `null` removes it.
    #[serde(default)]
    #[schema(value_type = Option<TextIn>)]
    external_id: Patch<TextIn>,
}

impl Form for UserPatchBody {
    type Request = UserPatch;

    fn into_request(self) -> Result<UserPatch, Problem> {
        Ok(UserPatch {
            email: self.email.map(In::into_inner),
            name: self.name.map(In::into_inner),
            role: self.role.map(In::into_inner),
            external_id: match self.external_id {
                Patch::Keep => Change::Keep,
                Patch::Clear => Change::Clear,
                Patch::Set(In(id)) => Change::Set(id),
            },
        })
    }
}

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsersQuery {
    /// The one with this id in your system.
    #[param(value_type = Option<String>)]
    external_id: Option<TextIn>,
    /// The one with this address.
    #[param(value_type = Option<String>)]
    email: Option<EmailIn>,
    /// Those in whose address, name or external id this stands, whatever its case.
    #[param(value_type = Option<String>)]
    search: Option<SearchIn>,
    /// Those with this role.
    #[param(value_type = Option<RoleIn>)]
    role: Option<RoleIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

/// One user by a name of theirs, or a page of those like it.
pub(crate) struct UsersAsked {
    pub(crate) named: Option<UserKey>,
    pub(crate) filter: UserFilter,
    pub(crate) page: app::Page,
}

impl Form for UsersQuery {
    type Request = UsersAsked;

    fn into_request(self) -> Result<UsersAsked, Problem> {
        let named = match (self.external_id, self.email) {
            (Some(_), Some(_)) => {
                return Err(Problem::invalid_at("/email", "and external_id exclude each other"));
            }
            (Some(In(id)), None) => Some(UserKey::External(id)),
            (None, Some(In(email))) => Some(UserKey::Email(email)),
            (None, None) => None,
        };
        let filter = UserFilter {
            search: self.search.and_then(|In(search)| search.0),
            role: self.role.map(In::into_inner),
        };
        if named.is_some() && filter != UserFilter::default() {
            return Err(Problem::invalid_at("/search", "and role exclude external_id and email"));
        }
        Ok(UsersAsked { named, filter, page: page(self.page, self.page_size)? })
    }
}

/// A person who has credits, works here, or both.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    #[schema(examples(7))]
    id: i64,
    #[schema(examples("ada@example.com"))]
    email: String,
    #[schema(value_type = String)]
    name: Shown<Text>,
    #[schema(value_type = RoleIn)]
    role: &'static str,
    is_admin: bool,
    /// Their id in your system.
    #[schema(value_type = Option<String>)]
    external_id: Option<Shown<Text>>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<domain::User> for User {
    fn from(user: domain::User) -> Self {
        Self {
            id: user.id.number(),
            email: user.email.as_str().to_owned(),
            name: Shown(user.name),
            role: user.role.as_str(),
            is_admin: user.role == Role::Admin,
            external_id: user.external_id.map(Shown),
            created_at: Instant(user.created_at),
            updated_at: Instant(user.updated_at),
        }
    }
}

/// A page of users, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserList {
    users: Vec<User>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<domain::User>> for UserList {
    fn from(listed: app::Listed<domain::User>) -> Self {
        Self {
            users: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
