//! What the payment provider calls our users.

use ledger::Time;

use crate::query::{Change, Query, Sql};
use crate::row::only;

const FIND: Sql = Sql::both(
    "customers.find",
    "SELECT customer
    FROM customers
    WHERE user_id = $1",
);

const INSERT: Sql = Sql::both(
    "customers.insert",
    "INSERT INTO customers (user_id, customer, created_at)
    VALUES ($1, $2, $3)
    ON CONFLICT (user_id) DO NOTHING",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&FIND, &INSERT];

/// What a user is called.
pub fn find(user: i64) -> Query<'static, String> {
    FIND.rows([user.into()], only)
}

/// A user is called so; hits no row where they have a name.
pub fn insert(user: i64, customer: &str, at: Time) -> Change<'_> {
    INSERT.change([user.into(), customer.into(), at.into()])
}
