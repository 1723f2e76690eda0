//! Admins: there always is one who can work. This module is about people; API
//! keys don't count.

use domain::{Role, Status, User, UserId};
use store::{Tx, projections, users};
use tokio::sync::MutexGuard;

use crate::App;
use crate::error::Error;

impl App {
    /// Nothing, or that a user is the last admin who is not suspended. The
    /// caller has the turn.
    pub(crate) async fn check_not_last_admin(&self, id: UserId) -> Result<(), Error> {
        self.ledger().projected().await?;
        self.read(move |tx| {
            Box::pin(async move {
                let row = tx.opt(users::by_id(id.number())).await?.ok_or(Error::NotFound)?;
                if row.role == Role::Admin.as_str() {
                    check_another(
                        tx,
                        id,
                        ("/user_id", "is the last admin's: make another user one first"),
                    )
                    .await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// The turn to make somebody less than an admin: suspensions that were
    /// answered before are seen by then.
    pub(super) async fn turn_to_demote(&self) -> Result<MutexGuard<'_, ()>, Error> {
        let turn = self.parts.standing.lock().await;
        self.ledger().projected().await?;
        Ok(turn)
    }
}

/// Nothing, or that a change of role leaves no admin.
pub(super) async fn check_role(tx: &mut Tx, before: &User, after: &User) -> Result<(), Error> {
    if before.role != Role::Admin || after.role == Role::Admin {
        return Ok(());
    }
    check_another(tx, before.id, ("/role", "must stay admin: there is no other one")).await
}

async fn check_another(
    tx: &mut Tx,
    id: UserId,
    (pointer, detail): (&str, &str),
) -> Result<(), Error> {
    let others = tx.all(users::other_admins(id.number())).await?;
    let wallets: Vec<_> = others.iter().copied().flatten().collect();
    let wallets = projections::find_wallets(tx, &wallets).await?;
    let suspended = wallets.iter().filter(|wallet| wallet.balances.status == Status::Suspended);
    if others.len() > suspended.count() { Ok(()) } else { Err(Error::invalid(pointer, detail)) }
}
