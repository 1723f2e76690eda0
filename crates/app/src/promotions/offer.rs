//! Which promotions hold for a purchase that is thought of.

use domain::{Cents, NotApplicable, Occasion, Promotion, PromotionCode, PromotionId, Time, UserId};
use store::{Tx, promotions};

use super::buyer;
use super::row::promotion;
use crate::error::Error;

/// The most promotions without a code that are looked at, oldest first.
const AUTOMATIC_MAX: i64 = 100;

/// A purchase that is thought of.
pub(crate) struct Holding<'a> {
    /// Who buys.
    pub(crate) user: UserId,
    /// What they typed.
    pub(crate) code: Option<&'a PromotionCode>,
    /// What it costs without a promotion.
    pub(crate) price: Cents,
    /// When.
    pub(crate) at: Time,
}

/// The promotions that hold: the one that was asked for by its code, first, and
/// those that apply by themselves. Where the one that was asked for does not
/// hold, why.
pub(crate) async fn holding(
    tx: &mut Tx,
    of: &Holding<'_>,
) -> Result<Result<Vec<Promotion>, NotApplicable>, Error> {
    let mut rows = Vec::new();
    if let Some(code) = of.code {
        let Some(row) = tx.opt(promotions::by_code(code.as_str())).await? else {
            return Ok(Err(NotApplicable::Unknown));
        };
        rows.push(row);
    }
    rows.extend(tx.all(promotions::automatic(of.at, AUTOMATIC_MAX)).await?);
    if rows.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let buyer = buyer::find(tx, of.user, of.at).await?;
    let mut hold = Vec::new();
    for row in rows {
        let promotion = promotion(&row)?;
        let uses_by_buyer = uses(tx, promotion.id, of.user).await?;
        let occasion = Occasion { buyer: &buyer, uses_by_buyer, price: Some(of.price), at: of.at };
        match promotion.check(occasion) {
            Ok(()) => hold.push(promotion),
            Err(why) if promotion.terms.code.is_some() => return Ok(Err(why)),
            Err(_) => {}
        }
    }
    Ok(Ok(hold))
}

/// How often a user used one, or has it reserved.
pub(super) async fn uses(tx: &mut Tx, id: PromotionId, user: UserId) -> Result<i64, Error> {
    Ok(tx.opt(promotions::uses(id.number(), user.number())).await?.unwrap_or(0))
}
