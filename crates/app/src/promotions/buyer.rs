//! Who would use a promotion: what groups they are in.

use domain::{Buyer, Time, UserId};
use store::{Tx, redemptions};

use crate::error::Error;
use crate::{subscriptions, tags};

/// A user as promotions know them at an instant.
pub(super) async fn find(tx: &mut Tx, user: UserId, now: Time) -> Result<Buyer, Error> {
    // Who does not pay for what they have is no subscriber.
    let live = subscriptions::live(tx, user, now).await?.filter(|it| it.rate.is_some());
    Ok(Buyer {
        has_bought: tx.one(redemptions::has_bought(user.number())).await?,
        package: live.map(|it| (it.package, it.package_name)),
        tags: tags::of(tx, user).await?,
    })
}
