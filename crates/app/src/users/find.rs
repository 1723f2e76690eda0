//! Finding users.

use domain::{Role, Scope, User};
use store::users;

use super::row::user;
use super::{UserFilter, UserKey};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::page::{Listed, Page};

impl App {
    /// A user.
    pub async fn get_user(&self, caller: &Caller, key: UserKey) -> Result<User, Error> {
        self.find_user(caller, key).await?.ok_or(Error::NotFound)
    }

    /// A user, if there is such a one.
    pub async fn find_user(&self, caller: &Caller, key: UserKey) -> Result<Option<User>, Error> {
        caller.check(Scope::Admin)?;
        self.read(move |tx| {
            Box::pin(async move {
                let query = match &key {
                    UserKey::Id(id) => users::by_id(id.number()),
                    UserKey::External(id) => users::by_external_id(id.as_str()),
                    UserKey::Email(email) => users::by_email(email.as_str()),
                };
                Ok(tx.opt(query).await?)
            })
        })
        .await?
        .as_ref()
        .map(user)
        .transpose()
    }

    /// Users, newest first.
    pub async fn list_users(
        &self,
        caller: &Caller,
        filter: UserFilter,
        page: Page,
    ) -> Result<Listed<User>, Error> {
        caller.check(Scope::Admin)?;
        let found = self.read(move |tx| {
            Box::pin(async move {
                let search = filter.search.as_ref().map(domain::Text::as_str);
                let filter = users::Filter { search, role: filter.role.map(Role::as_str) };
                let total = tx.one(users::count_found(filter)).await?;
                Ok((total, tx.all(users::list(filter, page.rows())).await?))
            })
        });
        let (total, rows) = found.await?;
        let items = rows.iter().map(user).collect::<Result<_, _>>()?;
        Ok(Listed { items, total, page })
    }
}
