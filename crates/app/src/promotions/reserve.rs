//! Reserving a promotion for a purchase, and what becomes of it.

use domain::{Cents, Credits, NotApplicable, Occasion, PromotionId, PurchaseId, Time, UserId};
use store::promotions::Taken;
use store::{Tx, promotions, redemptions};

use super::buyer;
use super::row::promotion;
use crate::directory::Act;
use crate::error::Error;
use crate::wallets::Holder;

/// A use to be reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reservation<'a> {
    /// Of which promotion.
    pub(crate) promotion: PromotionId,
    /// By whom.
    pub(crate) holder: Holder,
    /// What it takes off the price.
    pub(crate) off: Cents,
    /// Of which currency.
    pub(crate) currency: &'a str,
    /// What it gives.
    pub(crate) credits: Credits,
}

/// Whether a promised promotion is for its user still: its price and its window
/// are as they were promised.
pub(crate) async fn check_group(
    tx: &mut Tx,
    id: PromotionId,
    (user, now): (UserId, Time),
) -> Result<Result<(), NotApplicable>, Error> {
    let row = tx.one(promotions::by_id(id.number())).await?;
    let mut found = promotion(&row)?;
    let at = found.terms.starts_at;
    let price = Some(found.terms.min_purchase.unwrap_or(Cents::ZERO));
    (found.terms.is_active, found.terms.max_uses) = (true, None);
    let buyer = buyer::find(tx, user, now).await?;
    Ok(found.check(Occasion { buyer: &buyer, uses_by_buyer: 0, price, at }))
}

/// Counts a use, unless there is none left.
pub(crate) async fn take(
    tx: &mut Tx,
    id: PromotionId,
    user: UserId,
) -> Result<Result<(), NotApplicable>, Error> {
    Ok(match promotions::take(tx, id.number(), user.number()).await? {
        Taken::Yes => Ok(()),
        Taken::Exhausted => Err(NotApplicable::Exhausted),
        Taken::UsedUp => Err(NotApplicable::UsedUp),
    })
}

/// Keeps a use that was counted: for a purchase, or alone, when its credits are
/// owed at once. Its id.
pub(crate) async fn keep(
    tx: &mut Tx,
    act: &Act,
    of: Reservation<'_>,
    purchase: Option<PurchaseId>,
) -> Result<i64, Error> {
    let new = redemptions::New {
        promotion_id: of.promotion.number(),
        user_id: of.holder.user.number(),
        wallet_id: of.holder.wallet,
        actor: act.actor.to_string(),
        request_id: act.request.as_ref().map(ToString::to_string),
        purchase_id: purchase.map(PurchaseId::number),
        cents: of.off.count(),
        currency: of.currency.to_owned(),
        credits: of.credits,
        created_at: act.at,
    };
    Ok(tx.one(redemptions::insert(&new)).await?)
}

/// The purchase is granted: its use counts for ever, and what it gives is owed.
/// It is no error if it has none, or if that was known.
pub(crate) async fn bought(tx: &mut Tx, purchase: PurchaseId, at: Time) -> Result<(), Error> {
    tx.exec(redemptions::bought(purchase.number(), at)).await?.at_most_one()?;
    Ok(())
}

/// Nothing comes of the purchase: its payment was cancelled at the provider. The
/// use is given back, once. It is no error if it has none, or if that was known.
pub(crate) async fn free(tx: &mut Tx, purchase: PurchaseId, at: Time) -> Result<(), Error> {
    let Some(kept) = tx.opt(redemptions::by_purchase(purchase.number())).await? else {
        return Ok(());
    };
    if tx.exec(redemptions::freed(kept.id, at)).await?.at_most_one()? {
        promotions::give_back(tx, kept.of.promotion_id, kept.of.user_id).await?;
    }
    Ok(())
}
