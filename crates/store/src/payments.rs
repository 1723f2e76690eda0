//! How purchases are paid. What is paid, and whether it was, is the purchase's.
//! This module must not know who takes payments.

use ledger::Time;

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const INSERT: Sql = Sql::both(
    "payments.insert",
    "INSERT INTO payments (purchase_id, way, method, success_url, cancel_url, pay_by, look_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)",
);

const OF_PURCHASE: Sql = Sql::both(
    "payments.of_purchase",
    "SELECT way, method, success_url, cancel_url, checkout, act, pay_by, failure
    FROM payments
    WHERE purchase_id = $1",
);

const BY_CHECKOUT: Sql = Sql::both(
    "payments.by_checkout",
    "SELECT purchase_id
    FROM payments
    WHERE checkout = $1",
);

const NAME_CHECKOUT: Sql = Sql::both(
    "payments.name_checkout",
    "UPDATE payments
    SET checkout = $1
    WHERE purchase_id = $2 AND checkout IS NULL",
);

const PUT_OFF: Sql = Sql::both(
    "payments.put_off",
    "UPDATE payments
    SET look_at = $1
    WHERE purchase_id = $2",
);

const ACT: Sql = Sql::both(
    "payments.act",
    "UPDATE payments
    SET act = $1
    WHERE purchase_id = $2 AND (act IS NULL OR act = 'decline')",
);

const FAIL: Sql = Sql::both(
    "payments.fail",
    "UPDATE payments
    SET failure = $1
    WHERE purchase_id = $2 AND failure IS NULL",
);

/// The statements of this module.
pub const ALL: &[&Sql] =
    &[&INSERT, &OF_PURCHASE, &BY_CHECKOUT, &NAME_CHECKOUT, &PUT_OFF, &ACT, &FAIL];

/// How a purchase is to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPayment {
    /// `intent`, `kept` or `checkout`.
    pub way: &'static str,
    /// What pays without anybody's help.
    pub method: Option<String>,
    /// Where a page leads on to once it is paid.
    pub success_url: Option<String>,
    /// And if it is not.
    pub cancel_url: Option<String>,
    /// Until when it may be begun.
    pub pay_by: Time,
    /// When it is looked at again.
    pub look_at: Time,
}

/// How a purchase is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// `intent`, `kept` or `checkout`.
    pub way: String,
    /// What pays without anybody's help.
    pub method: Option<String>,
    /// Where a page leads on to once it is paid.
    pub success_url: Option<String>,
    /// And if it is not.
    pub cancel_url: Option<String>,
    /// What the provider calls the page, once that is known.
    pub checkout: Option<String>,
    /// What somebody did about it in a test book.
    pub act: Option<String>,
    /// Until when it may be begun.
    pub pay_by: Time,
    /// Why nothing comes of it.
    pub failure: Option<String>,
}

impl Payment {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            way: row.get()?,
            method: row.get()?,
            success_url: row.get()?,
            cancel_url: row.get()?,
            checkout: row.get()?,
            act: row.get()?,
            pay_by: row.get()?,
            failure: row.get()?,
        })
    }
}

/// Writes how a purchase is to be paid.
pub fn insert(purchase: i64, new: &NewPayment) -> Change<'_> {
    INSERT.change([
        purchase.into(),
        new.way.into(),
        new.method.as_deref().into(),
        new.success_url.as_deref().into(),
        new.cancel_url.as_deref().into(),
        new.pay_by.into(),
        new.look_at.into(),
    ])
}

/// How a purchase is paid.
pub fn of_purchase(purchase: i64) -> Query<'static, Payment> {
    OF_PURCHASE.rows([purchase.into()], Payment::read)
}

/// The purchase that is paid on a page.
pub fn by_checkout(checkout: &str) -> Query<'_, i64> {
    BY_CHECKOUT.rows([checkout.into()], only)
}

/// The provider calls the page so; hits no row if that was known.
pub fn name_checkout(purchase: i64, checkout: &str) -> Change<'_> {
    NAME_CHECKOUT.change([checkout.into(), purchase.into()])
}

/// Nobody needs to look before then.
pub fn put_off(purchase: i64, until: Time) -> Change<'static> {
    PUT_OFF.change([until.into(), purchase.into()])
}

/// Somebody did something about it in a test book; hits no row if they did
/// before, but for a decline, which anything follows.
pub fn act(purchase: i64, act: &'static str) -> Change<'static> {
    ACT.change([act.into(), purchase.into()])
}

/// Nothing comes of it; hits no row if that was known.
pub fn fail(purchase: i64, failure: &'static str) -> Change<'static> {
    FAIL.change([failure.into(), purchase.into()])
}
