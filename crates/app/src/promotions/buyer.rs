//! Who would use a promotion: what groups they are in.

use domain::{Buyer, UserId};
use store::{Tx, redemptions};

use crate::error::Error;
use crate::tags;

/// A user as promotions know them.
pub(super) async fn find(tx: &mut Tx, user: UserId) -> Result<Buyer, Error> {
    Ok(Buyer {
        has_bought: tx.one(redemptions::has_bought(user.number())).await?,
        // Nobody is subscribed to one yet.
        package: None,
        tags: tags::of(tx, user).await?,
    })
}
