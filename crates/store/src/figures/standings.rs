//! How every wallet stands: whose it is, what is in it, and when that last
//! changed.

use ledger::{Credits, Partition, Seq, Status, Time, WalletId};

use crate::error::Error;
use crate::query::{Change, Column, Sql};
use crate::row::Row;
use crate::tx::Tx;

const FIND: Sql = Sql::both(
    "standings.find",
    "SELECT user_id, status, posted, last_transaction_at
    FROM standings
    WHERE partition_id = $1 AND wallet_id = $2",
);

const OPEN: Sql = Sql::bulk(
    "standings.open",
    "standings",
    &[
        Column::i64("partition_id"),
        Column::i64("wallet_id"),
        Column::i64("user_id"),
        Column::text("status"),
        Column::i64("posted"),
        Column::i64("seq"),
    ],
    "",
);

const MOVE: Sql = Sql::bulk_update(
    "standings.move",
    "standings",
    &[
        Column::i64("posted"),
        Column::i64("last_transaction_at"),
        Column::i64("seq"),
        Column::i64("partition_id"),
        Column::i64("wallet_id"),
    ],
    2,
);

const SET_STATUS: Sql = Sql::both(
    "standings.set_status",
    "UPDATE standings
    SET status = $1
    WHERE partition_id = $2 AND wallet_id = $3",
);

pub(super) const ALL: &[&Sql] = &[&FIND, &OPEN, &MOVE, &SET_STATUS];

/// How a wallet stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose it is.
    pub user: i64,
    /// What it may do.
    pub status: Status,
    /// All credits in it.
    pub posted: Credits,
    /// When its last transaction was, if there was one.
    pub last_transaction_at: Option<Time>,
}

impl Standing {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            user: row.get()?,
            status: row.parse("a status", |word: String| Status::parse(&word))?,
            posted: row.get()?,
            last_transaction_at: row.get()?,
        })
    }
}

/// A wallet that was opened, empty and active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Which.
    pub wallet: WalletId,
    /// Whose.
    pub user: i64,
    /// By which record.
    pub seq: Seq,
}

/// What a transaction left in a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// All credits in it.
    pub posted: Credits,
    /// When.
    pub at: Time,
    /// By which record.
    pub seq: Seq,
}

/// How a wallet stands, once it was opened.
pub async fn find_standing(tx: &mut Tx, wallet: WalletId) -> Result<Option<Standing>, Error> {
    tx.opt(FIND.rows([Partition::FIRST.into(), wallet.into()], Standing::read)).await
}

/// Adds wallets that were opened.
pub async fn open_all(tx: &mut Tx, opened: &[Opened]) -> Result<(), Error> {
    let rows = opened.iter().map(|opened| {
        [
            Partition::FIRST.into(),
            opened.wallet.into(),
            opened.user.into(),
            Status::Active.as_str().into(),
            Credits::ZERO.into(),
            opened.seq.into(),
        ]
    });
    // Each row is written or the statement fails.
    tx.bulk(&OPEN, rows).await.map(drop)
}

/// Sets what a wallet may do.
pub fn set_status(wallet: WalletId, status: Status) -> Change<'static> {
    SET_STATUS.change([status.as_str().into(), Partition::FIRST.into(), wallet.into()])
}

/// Writes what transactions left, each wallet named once. A wallet that was not
/// opened is an error.
pub async fn move_all(tx: &mut Tx, moves: &[(WalletId, Move)]) -> Result<(), Error> {
    let rows = moves.iter().map(|(wallet, left)| {
        let (partition, wallet) = (Partition::FIRST.into(), (*wallet).into());
        [left.posted.into(), left.at.into(), left.seq.into(), partition, wallet]
    });
    let rows = tx.bulk(&MOVE, rows).await?.rows();
    if u64::try_from(moves.len()) == Ok(rows) {
        return Ok(());
    }
    Err(Error::NotOneRow { statement: MOVE.name(), rows })
}
