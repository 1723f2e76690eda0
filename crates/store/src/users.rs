//! Users: who they are and which wallet is theirs. What is in it belongs to the
//! ledger, so this module must not know.

use ledger::{Time, WalletId};

use crate::error::Error;
use crate::page::Page;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const INSERT: Sql = Sql::both(
    "users.insert",
    "INSERT INTO users (email, email_folded, name, role, external_id, password_hash,
        created_at, updated_at, search_folded)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
    RETURNING id",
);

const BY_ID: Sql = Sql::both(
    "users.by_id",
    "SELECT id, email, name, role, external_id, password_hash, wallet_id, created_at, updated_at
    FROM users
    WHERE id = $1",
);

const BY_EMAIL: Sql = Sql::both(
    "users.by_email",
    "SELECT id, email, name, role, external_id, password_hash, wallet_id, created_at, updated_at
    FROM users
    WHERE email_folded = $1",
);

const BY_EXTERNAL_ID: Sql = Sql::both(
    "users.by_external_id",
    "SELECT id, email, name, role, external_id, password_hash, wallet_id, created_at, updated_at
    FROM users
    WHERE external_id = $1",
);

const BY_WALLET: Sql = Sql::both(
    "users.by_wallet",
    "SELECT id, email, name, role, external_id, password_hash, wallet_id, created_at, updated_at
    FROM users
    WHERE wallet_id = $1",
);

const LIST: Sql = Sql::both(
    "users.list",
    "SELECT id, email, name, role, external_id, password_hash, wallet_id, created_at, updated_at
    FROM users
    WHERE search_folded LIKE $1 ESCAPE '!' AND role LIKE $2
    ORDER BY id DESC
    LIMIT $3 OFFSET $4",
);

const COUNT_FOUND: Sql = Sql::both(
    "users.count_found",
    "SELECT COUNT(*)
    FROM users
    WHERE search_folded LIKE $1 ESCAPE '!' AND role LIKE $2",
);

const COUNT: Sql = Sql::both(
    "users.count",
    "SELECT COUNT(*)
    FROM users",
);

const UPDATE: Sql = Sql::both(
    "users.update",
    "UPDATE users
    SET email = $1, email_folded = $2, name = $3, role = $4, external_id = $5, updated_at = $6,
        search_folded = $7
    WHERE id = $8",
);

const SET_PASSWORD: Sql = Sql::both(
    "users.set_password",
    "UPDATE users
    SET password_hash = $1, updated_at = $2
    WHERE id = $3",
);

const SET_WALLET: Sql = Sql::both(
    "users.set_wallet",
    "UPDATE users
    SET wallet_id = $1
    WHERE id = $2 AND wallet_id IS NULL",
);

const OTHER_ADMINS: Sql = Sql::both(
    "users.other_admins",
    "SELECT wallet_id
    FROM users
    WHERE role = 'admin' AND id <> $1
        AND (password_hash IS NOT NULL OR external_id IS NOT NULL)",
);

const WITHOUT_WALLET: Sql = Sql::both(
    "users.without_wallet",
    "SELECT id
    FROM users
    WHERE wallet_id IS NULL
    ORDER BY id
    LIMIT $1",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[
    &INSERT,
    &BY_ID,
    &BY_EMAIL,
    &BY_EXTERNAL_ID,
    &BY_WALLET,
    &LIST,
    &COUNT_FOUND,
    &COUNT,
    &UPDATE,
    &SET_PASSWORD,
    &SET_WALLET,
    &OTHER_ADMINS,
    &WITHOUT_WALLET,
];

/// A user.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Counts up from 1.
    pub id: i64,
    /// As it was given.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// `customer`, `support`, `finance` or `admin`.
    pub role: String,
    /// Their id in the caller's system.
    pub external_id: Option<String>,
    /// How they sign in, if they do.
    pub password_hash: Option<String>,
    /// Theirs, once the ledger has opened it.
    pub wallet_id: Option<WalletId>,
    /// When they were made.
    pub created_at: Time,
    /// When they were changed last.
    pub updated_at: Time,
}

impl User {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            email: row.get()?,
            name: row.get()?,
            role: row.get()?,
            external_id: row.get()?,
            password_hash: row.get()?,
            wallet_id: row.get()?,
            created_at: row.get()?,
            updated_at: row.get()?,
        })
    }
}

/// A user to be made.
#[derive(Clone, Copy)]
pub struct NewUser<'a> {
    /// Unique, whatever its case.
    pub email: &'a str,
    /// What to call them.
    pub name: &'a str,
    /// `customer`, `support`, `finance` or `admin`.
    pub role: &'a str,
    /// Unique where there is one.
    pub external_id: Option<&'a str>,
    /// How they sign in, if they do.
    pub password_hash: Option<&'a str>,
    /// Now.
    pub created_at: Time,
}

/// Makes a user; the row is the id.
pub fn insert<'a>(user: &NewUser<'a>) -> Query<'a, i64> {
    INSERT.rows(
        [
            user.email.into(),
            fold(user.email).into(),
            user.name.into(),
            user.role.into(),
            user.external_id.into(),
            user.password_hash.into(),
            user.created_at.into(),
            searched([user.email, user.name, user.external_id.unwrap_or_default()]).into(),
        ],
        only,
    )
}

/// The user of that id.
pub fn by_id(id: i64) -> Query<'static, User> {
    BY_ID.rows([id.into()], User::read)
}

/// The user of that address, whatever its case.
pub fn by_email(email: &str) -> Query<'static, User> {
    BY_EMAIL.rows([fold(email).into()], User::read)
}

/// The user of that id in the caller's system.
pub fn by_external_id(external_id: &str) -> Query<'_, User> {
    BY_EXTERNAL_ID.rows([external_id.into()], User::read)
}

/// The user whose wallet it is.
pub fn by_wallet(wallet: WalletId) -> Query<'static, User> {
    BY_WALLET.rows([wallet.into()], User::read)
}

/// Which users a list is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// What stands in their address, name or external id, whatever its case.
    pub search: Option<&'a str>,
    /// What they are.
    pub role: Option<&'static str>,
}

impl Filter<'_> {
    /// What search and role are like: anything where nothing is asked for.
    fn patterns(self) -> (String, &'static str) {
        (format!("%{}%", escape(self.search.unwrap_or_default())), self.role.unwrap_or("%"))
    }
}

/// Users, newest first.
pub fn list(filter: Filter<'_>, page: Page) -> Query<'static, User> {
    let (search, role) = filter.patterns();
    LIST.rows([search.into(), role.into(), page.limit.into(), page.offset.into()], User::read)
}

/// How many there are of those.
pub fn count_found(filter: Filter<'_>) -> Query<'static, i64> {
    let (search, role) = filter.patterns();
    COUNT_FOUND.rows([search.into(), role.into()], only)
}

/// How many there are.
pub fn count() -> Query<'static, i64> {
    COUNT.rows([], only)
}

/// Writes what may change of a user: address, name, role, external id and the
/// time of the change.
pub fn update(user: &User) -> Change<'_> {
    UPDATE.change([
        user.email.as_str().into(),
        fold(&user.email).into(),
        user.name.as_str().into(),
        user.role.as_str().into(),
        user.external_id.as_deref().into(),
        user.updated_at.into(),
        searched([&user.email, &user.name, user.external_id.as_deref().unwrap_or_default()]).into(),
        user.id.into(),
    ])
}

/// Sets or removes the password.
pub fn set_password(id: i64, hash: Option<&str>, at: Time) -> Change<'_> {
    SET_PASSWORD.change([hash.into(), at.into(), id.into()])
}

/// Gives a user their wallet; hits no row if they have one.
pub fn set_wallet(id: i64, wallet: WalletId) -> Change<'static> {
    SET_WALLET.change([wallet.into(), id.into()])
}

/// The wallets of the admins beside a user who can sign in: with a password, or by the
/// issuer's word for their external id. None for who has no wallet yet.
pub fn other_admins(id: i64) -> Query<'static, Option<WalletId>> {
    OTHER_ADMINS.rows([id.into()], only)
}

/// Ids of users whose wallet was not opened yet, oldest first.
pub fn without_wallet(limit: i64) -> Query<'static, i64> {
    WITHOUT_WALLET.rows([limit.into()], only)
}

/// What a user is found by, a line each.
fn searched(words: [&str; 3]) -> String {
    fold(&words.join("\n"))
}

/// A text in lower case whose wildcards stand for themselves.
pub(crate) fn escape(text: &str) -> String {
    fold(text).replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// What two spellings of one address have in common.
fn fold(email: &str) -> String {
    email.to_lowercase()
}
