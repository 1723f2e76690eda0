//! Promotions: what makes credits cheaper for a while, or gives some.
//!
//! ```text
//! with a purchase:  reserve ─► (paid) ─► bought ─► used        price only
//!                      │                   └─► granting ─► used   gives credits
//!                      └─► (cancelled at the provider) ─► freed
//! alone, by code:   granting ─► used
//! ```
//!
//! Uses are counted where one is reserved, in the transaction that begins the
//! purchase. This module must not know who takes payments.

mod buyer;
mod find;
mod grant;
mod offer;
mod patch;
mod redeem;
mod reserve;
mod row;
mod write;

use domain::{Cents, Credits, Currency, PromotionCode, PromotionId, PurchaseId, RedemptionId};
use domain::{Promotion, Text, Time, TxId, UserId};
pub use patch::PromotionPatch;
pub use redeem::{RedeemRequest, Redeemed};
pub use store::redemptions::State as RedemptionState;

pub(crate) use offer::{Holding, holding};
pub(crate) use reserve::{Reservation, bought, check_group, free, keep, take};

use crate::page::Listed;

/// A promotion with a page of its uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotionView {
    /// The promotion.
    pub promotion: Promotion,
    /// Its uses, newest first.
    pub redemptions: Listed<RedemptionView>,
}

/// A use of a promotion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedemptionView {
    /// Its id.
    pub id: RedemptionId,
    /// Of which promotion.
    pub promotion: PromotionId,
    /// What people call that.
    pub name: Text,
    /// What is typed to have it.
    pub code: Option<PromotionCode>,
    /// Who used it.
    pub user: UserId,
    /// For which purchase; alone where there is none.
    pub purchase: Option<PurchaseId>,
    /// What it took off the price.
    pub off: Cents,
    /// In which currency.
    pub currency: Currency,
    /// What it gives.
    pub credits: Credits,
    /// Where it stands.
    pub state: RedemptionState,
    /// The transaction that gave it.
    pub transaction: Option<TxId>,
    /// When it was asked for.
    pub created_at: Time,
    /// Since when it stands there.
    pub updated_at: Time,
}
