//! Users with how they stand. Who has no wallet yet stands as one who has
//! nothing.

use ledger::{Credits, Partition, Status, Time, WalletId};

use crate::error::Error;
use crate::page::Page;
use crate::query::{Query, Sql};
use crate::row::{Row, only};

macro_rules! select {
    ($clauses:literal) => {
        concat!(
            "SELECT u.id, u.email, u.name, u.created_at, s.wallet_id, s.status, s.posted,
                s.last_transaction_at
            FROM ",
            $clauses
        )
    };
}

const LIST: Sql = Sql::both(
    "standings.list",
    select!(
        "users u
    LEFT JOIN standings s ON s.partition_id = $1 AND s.user_id = u.id
    ORDER BY u.id DESC
    LIMIT $2 OFFSET $3"
    ),
);

/// The few that are not active, by an index of their own.
const OF_STATUS: Sql = Sql::both(
    "standings.of_status",
    select!(
        "standings s
    JOIN users u ON u.id = s.user_id
    WHERE s.partition_id = $1 AND s.status = $2 AND s.status <> 'active'
    ORDER BY s.user_id DESC
    LIMIT $3 OFFSET $4"
    ),
);

const FOUND: Sql = Sql::both(
    "standings.found",
    select!(
        "users u
    LEFT JOIN standings s ON s.partition_id = $1 AND s.user_id = u.id
    WHERE u.search_folded LIKE $2 ESCAPE '!'
        AND COALESCE(s.status, 'active') LIKE $3
    ORDER BY u.id DESC
    LIMIT $4 OFFSET $5"
    ),
);

const COUNT_FOUND: Sql = Sql::both(
    "standings.count_found",
    "SELECT COUNT(*)
    FROM users u
    LEFT JOIN standings s ON s.partition_id = $1 AND s.user_id = u.id
    WHERE u.search_folded LIKE $2 ESCAPE '!'
        AND COALESCE(s.status, 'active') LIKE $3",
);

const COUNT_WALLETLESS: Sql = Sql::both(
    "standings.count_walletless",
    "SELECT COUNT(*)
    FROM users u
    LEFT JOIN standings s ON s.partition_id = $1 AND s.user_id = u.id
    WHERE u.wallet_id IS NULL AND s.user_id IS NULL",
);

pub(super) const ALL: &[&Sql] = &[&LIST, &OF_STATUS, &FOUND, &COUNT_FOUND, &COUNT_WALLETLESS];

/// A user with how they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserStanding {
    /// Who.
    pub id: i64,
    /// As it was given.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// When they were made.
    pub created_at: Time,
    /// Their wallet, once it was opened.
    pub wallet: Option<WalletId>,
    /// What it may do.
    pub status: Status,
    /// All credits in it.
    pub posted: Credits,
    /// When its last transaction was, if there was one.
    pub last_transaction_at: Option<Time>,
}

impl UserStanding {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get()?,
            email: row.get()?,
            name: row.get()?,
            created_at: row.get()?,
            wallet: row.get()?,
            status: row.parse("a status", |word: Option<String>| {
                word.map_or(Some(Status::Active), |word| Status::parse(&word))
            })?,
            posted: row.get::<Option<Credits>>()?.unwrap_or(Credits::ZERO),
            last_transaction_at: row.get()?,
        })
    }
}

/// What users are looked for by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Search<'a> {
    /// Part of their address or name, whatever its case; everyone has nothing.
    pub text: &'a str,
    /// Only those who stand so.
    pub status: Option<Status>,
}

impl Search<'_> {
    /// The folded text anywhere, its wildcards taken as they are.
    fn pattern(&self) -> String {
        let mut pattern = String::from("%");
        for letter in self.text.to_lowercase().chars() {
            if matches!(letter, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(letter);
        }
        pattern.push('%');
        pattern
    }

    fn word(&self) -> &'static str {
        self.status.map_or("%", Status::as_str)
    }
}

/// Every user, newest first.
pub fn list_standings(page: Page) -> Query<'static, UserStanding> {
    let args = [Partition::FIRST.into(), page.limit.into(), page.offset.into()];
    LIST.rows(args, UserStanding::read)
}

/// Users who are paused, or suspended, newest first; nobody who is active.
pub fn list_of_status(status: Status, page: Page) -> Query<'static, UserStanding> {
    let args =
        [Partition::FIRST.into(), status.as_str().into(), page.limit.into(), page.offset.into()];
    OF_STATUS.rows(args, UserStanding::read)
}

/// Users that are looked for, newest first.
pub fn list_found(search: Search<'_>, page: Page) -> Query<'static, UserStanding> {
    let args = [
        Partition::FIRST.into(),
        search.pattern().into(),
        search.word().into(),
        page.limit.into(),
        page.offset.into(),
    ];
    FOUND.rows(args, UserStanding::read)
}

/// How many a search finds on all pages.
pub fn count_found(search: Search<'_>) -> Query<'static, i64> {
    let args = [Partition::FIRST.into(), search.pattern().into(), search.word().into()];
    COUNT_FOUND.rows(args, only)
}

/// How many users have no wallet yet.
pub fn count_walletless() -> Query<'static, i64> {
    COUNT_WALLETLESS.rows([Partition::FIRST.into()], only)
}
