//! The tags on users. This module must not know what they are good for.

use crate::error::Error;
use crate::query::{Column, Query, Sql};
use crate::row::only;
use crate::tx::Tx;

const LIST: Sql = Sql::both(
    "user_tags.list",
    "SELECT tag
    FROM user_tags
    WHERE user_id = $1",
);

const CLEAR: Sql = Sql::both(
    "user_tags.clear",
    "DELETE FROM user_tags
    WHERE user_id = $1",
);

const PUT: Sql =
    Sql::bulk("user_tags.put", "user_tags", &[Column::i64("user_id"), Column::text("tag")], "");

/// The statements of this module.
pub const ALL: &[&Sql] = &[&LIST, &CLEAR, &PUT];

/// The tags on a user, in no order.
pub fn list(user: i64) -> Query<'static, String> {
    LIST.rows([user.into()], only)
}

/// Puts these on a user in place of those that were.
pub async fn set(tx: &mut Tx, user: i64, tags: &[String]) -> Result<(), Error> {
    // However many there were.
    let _ = tx.exec(CLEAR.change([user.into()])).await?;
    // Each row is inserted or the statement fails.
    let _ = tx.bulk(&PUT, tags.iter().map(|tag| [user.into(), tag.as_str().into()])).await?;
    Ok(())
}
