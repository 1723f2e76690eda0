//! What the payment provider calls our users: asked for once, then kept.

use domain::UserId;
use gateway::{CustomerId, NewCustomer};
use store::{customers, users};

use crate::App;
use crate::error::Error;

impl App {
    /// What the provider calls a user; it is told of them where it knows nothing
    /// yet. The gateway of test books knows nobody.
    pub(crate) async fn customer_of(&self, user: UserId) -> Result<Option<CustomerId>, Error> {
        if !self.parts.payments.knows_customers() {
            return Ok(None);
        }
        if let Some(known) = self.find_customer(user).await? {
            return Ok(Some(known));
        }
        let new = self.new_customer(user).await?;
        let Some(made) = self.parts.payments.customer(&new).await? else { return Ok(None) };
        let (id, at) = (user.number(), self.ledger().time()?);
        let write = self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where another server asked at this moment: the
                // provider called them the same.
                let kept = tx.exec(customers::insert(id, made.as_str(), at)).await?;
                Ok(kept.at_most_one().map(drop)?)
            })
        });
        write.await?;
        self.find_customer(user).await
    }

    /// What the provider calls a user, if it was ever asked.
    pub(crate) async fn find_customer(&self, user: UserId) -> Result<Option<CustomerId>, Error> {
        let found = self.opt(customers::find(user.number())).await?;
        found.as_deref().map(CustomerId::parse).transpose().map_err(Error::internal)
    }

    async fn new_customer(&self, user: UserId) -> Result<NewCustomer, Error> {
        let found = self.opt(users::by_id(user.number())).await?.ok_or(Error::NotFound)?;
        let book = self.ledger().book().id;
        Ok(NewCustomer { user, book, email: found.email, name: found.name })
    }
}
