//! Promotions, and how often each is used. A use is counted by an update that
//! hits no row past a limit; it counts what is reserved too. This module must
//! not know when a promotion holds.

use ledger::Time;

use crate::error::Error;
use crate::page::Page;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};
use crate::tx::Tx;

const INSERT: Sql = Sql::both(
    "promotions.insert",
    "INSERT INTO promotions (name, description, code, discount_type, discount_value,
        max_discount, min_purchase, package_ids, user_groups, start_date, end_date, is_active,
        max_uses, max_uses_per_user, created_at, updated_at, current_uses)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0)
    RETURNING id",
);

const UPDATE: Sql = Sql::both(
    "promotions.update",
    "UPDATE promotions
    SET name = $1, description = $2, code = $3, discount_type = $4, discount_value = $5,
        max_discount = $6, min_purchase = $7, package_ids = $8, user_groups = $9,
        start_date = $10, end_date = $11, is_active = $12, max_uses = $13,
        max_uses_per_user = $14, updated_at = $15
    WHERE id = $16",
);

const BY_ID: Sql = Sql::both(
    "promotions.by_id",
    "SELECT id, name, description, code, discount_type, discount_value, max_discount, min_purchase,
        package_ids, user_groups, start_date, end_date, is_active, max_uses, current_uses,
        max_uses_per_user, created_at, updated_at
    FROM promotions
    WHERE id = $1",
);

const BY_CODE: Sql = Sql::both(
    "promotions.by_code",
    "SELECT id, name, description, code, discount_type, discount_value, max_discount, min_purchase,
        package_ids, user_groups, start_date, end_date, is_active, max_uses, current_uses,
        max_uses_per_user, created_at, updated_at
    FROM promotions
    WHERE code = $1",
);

const AUTOMATIC: Sql = Sql::both(
    "promotions.automatic",
    "SELECT id, name, description, code, discount_type, discount_value, max_discount, min_purchase,
        package_ids, user_groups, start_date, end_date, is_active, max_uses, current_uses,
        max_uses_per_user, created_at, updated_at
    FROM promotions
    WHERE code IS NULL AND is_active AND start_date <= $1 AND end_date > $1
    ORDER BY id
    LIMIT $2",
);

const LIST: Sql = Sql::both(
    "promotions.list",
    "SELECT id, name, description, code, discount_type, discount_value, max_discount, min_purchase,
        package_ids, user_groups, start_date, end_date, is_active, max_uses, current_uses,
        max_uses_per_user, created_at, updated_at
    FROM promotions
    ORDER BY id DESC
    LIMIT $1 OFFSET $2",
);

const COUNT: Sql = Sql::both(
    "promotions.count",
    "SELECT COUNT(*)
    FROM promotions",
);

const TAKE: Sql = Sql::both(
    "promotions.take",
    "UPDATE promotions
    SET current_uses = current_uses + 1
    WHERE id = $1 AND (max_uses IS NULL OR current_uses < max_uses)",
);

const GIVE_BACK: Sql = Sql::both(
    "promotions.give_back",
    "UPDATE promotions
    SET current_uses = current_uses - 1
    WHERE id = $1",
);

const USES: Sql = Sql::both(
    "promotion_uses.by_user",
    "SELECT uses
    FROM promotion_uses
    WHERE promotion_id = $1 AND user_id = $2",
);

const BEGIN_USES: Sql = Sql::both(
    "promotion_uses.begin",
    "INSERT INTO promotion_uses (promotion_id, user_id, uses)
    VALUES ($1, $2, 0)
    ON CONFLICT (promotion_id, user_id) DO NOTHING",
);

const TAKE_OF_USER: Sql = Sql::both(
    "promotion_uses.take",
    "UPDATE promotion_uses
    SET uses = uses + 1
    WHERE promotion_id = $1 AND user_id = $2 AND uses < (
        SELECT max_uses_per_user
        FROM promotions
        WHERE id = $1
    )",
);

const GIVE_BACK_OF_USER: Sql = Sql::both(
    "promotion_uses.give_back",
    "UPDATE promotion_uses
    SET uses = uses - 1
    WHERE promotion_id = $1 AND user_id = $2",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[
    &INSERT,
    &UPDATE,
    &BY_ID,
    &BY_CODE,
    &AUTOMATIC,
    &LIST,
    &COUNT,
    &TAKE,
    &GIVE_BACK,
    &USES,
    &BEGIN_USES,
    &TAKE_OF_USER,
    &GIVE_BACK_OF_USER,
];

/// A promotion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// Its id; whatever it is, an insert gives a new one.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// In words.
    pub description: Option<String>,
    /// What is typed to have it, in capitals.
    pub code: Option<String>,
    /// What it does.
    pub discount_type: String,
    /// Millionths of the whole, cents, or micro-credits.
    pub discount_value: i64,
    /// The most cents that a share takes off.
    pub max_discount: Option<i64>,
    /// The least cents of a purchase.
    pub min_purchase: Option<i64>,
    /// A JSON list of the packages it is for.
    pub package_ids: Option<String>,
    /// A JSON list of the groups it is for.
    pub user_groups: Option<String>,
    /// From this instant.
    pub start_date: Time,
    /// To before this instant.
    pub end_date: Time,
    /// Whether it holds at all.
    pub is_active: bool,
    /// How often it may be used.
    pub max_uses: Option<i64>,
    /// How often it was used or is reserved. It is counted, never written.
    pub current_uses: i64,
    /// How often one user may use it.
    pub max_uses_per_user: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it was changed last.
    pub updated_at: Option<Time>,
}

impl Promotion {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            name: row.get()?,
            description: row.get()?,
            code: row.get()?,
            discount_type: row.get()?,
            discount_value: row.get()?,
            max_discount: row.get()?,
            min_purchase: row.get()?,
            package_ids: row.get()?,
            user_groups: row.get()?,
            start_date: row.get()?,
            end_date: row.get()?,
            is_active: row.get()?,
            max_uses: row.get()?,
            current_uses: row.get()?,
            max_uses_per_user: row.get()?,
            created_at: row.get()?,
            updated_at: row.get()?,
        })
    }
}

/// Makes a promotion that nobody used; its id. A code that another one has
/// breaks a constraint.
pub fn insert(new: &Promotion) -> Query<'_, i64> {
    let args = [
        new.name.as_str().into(),
        new.description.as_deref().into(),
        new.code.as_deref().into(),
        new.discount_type.as_str().into(),
        new.discount_value.into(),
        new.max_discount.into(),
        new.min_purchase.into(),
        new.package_ids.as_deref().into(),
        new.user_groups.as_deref().into(),
        new.start_date.into(),
        new.end_date.into(),
        new.is_active.into(),
        new.max_uses.into(),
        new.max_uses_per_user.into(),
        new.created_at.into(),
        new.updated_at.into(),
    ];
    INSERT.rows(args, only)
}

/// Changes a promotion, but for its uses. Fewer than there were break a
/// constraint.
pub fn update(promotion: &Promotion) -> Change<'_> {
    UPDATE.change([
        promotion.name.as_str().into(),
        promotion.description.as_deref().into(),
        promotion.code.as_deref().into(),
        promotion.discount_type.as_str().into(),
        promotion.discount_value.into(),
        promotion.max_discount.into(),
        promotion.min_purchase.into(),
        promotion.package_ids.as_deref().into(),
        promotion.user_groups.as_deref().into(),
        promotion.start_date.into(),
        promotion.end_date.into(),
        promotion.is_active.into(),
        promotion.max_uses.into(),
        promotion.max_uses_per_user.into(),
        promotion.updated_at.into(),
        promotion.id.into(),
    ])
}

/// The promotion of that id.
pub fn by_id(id: i64) -> Query<'static, Promotion> {
    BY_ID.rows([id.into()], Promotion::read)
}

/// The promotion of that code, which is in capitals.
pub fn by_code(code: &str) -> Query<'_, Promotion> {
    BY_CODE.rows([code.into()], Promotion::read)
}

/// Those without a code that hold at an instant, oldest first, some of them.
pub fn automatic(at: Time, most: i64) -> Query<'static, Promotion> {
    AUTOMATIC.rows([at.into(), most.into()], Promotion::read)
}

/// A page of all of them, newest first.
pub fn list(page: Page) -> Query<'static, Promotion> {
    LIST.rows([page.limit.into(), page.offset.into()], Promotion::read)
}

/// How many there are.
pub fn count() -> Query<'static, i64> {
    COUNT.rows([], only)
}

/// How often a user used one or has it reserved, if ever.
pub fn uses(id: i64, user: i64) -> Query<'static, i64> {
    USES.rows([id.into(), user.into()], only)
}

/// Whether a use could be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was.
    Yes,
    /// It was used as often as it may be.
    Exhausted,
    /// This user used it as often as one may.
    UsedUp,
}

/// Counts a use by a user, unless there is none left.
pub async fn take(tx: &mut Tx, id: i64, user: i64) -> Result<Taken, Error> {
    tx.exec(BEGIN_USES.change([id.into(), user.into()])).await?.at_most_one()?;
    if !tx.exec(TAKE_OF_USER.change([id.into(), user.into()])).await?.at_most_one()? {
        return Ok(Taken::UsedUp);
    }
    if tx.exec(TAKE.change([id.into()])).await?.at_most_one()? {
        return Ok(Taken::Yes);
    }
    // What was counted of the user's is given back: nothing was used.
    tx.exec(GIVE_BACK_OF_USER.change([id.into(), user.into()])).await?.expect_one()?;
    Ok(Taken::Exhausted)
}

/// Gives a use back that a user had.
pub async fn give_back(tx: &mut Tx, id: i64, user: i64) -> Result<(), Error> {
    tx.exec(GIVE_BACK_OF_USER.change([id.into(), user.into()])).await?.expect_one()?;
    tx.exec(GIVE_BACK.change([id.into()])).await?.expect_one()
}
