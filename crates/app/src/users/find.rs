//! Finding users.

use domain::{Scope, User};
use store::users;

use super::UserKey;
use super::row::user;
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
    pub async fn list_users(&self, caller: &Caller, page: Page) -> Result<Listed<User>, Error> {
        caller.check(Scope::Admin)?;
        let (total, rows) = self
            .read(move |tx| {
                Box::pin(async move {
                    Ok((tx.one(users::count()).await?, tx.all(users::list(page.rows())).await?))
                })
            })
            .await?;
        let items = rows.iter().map(user).collect::<Result<_, _>>()?;
        Ok(Listed { items, total, page })
    }
}
