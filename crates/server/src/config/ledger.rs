//! `[ledger]`: how much of it is kept in memory.

use super::number_between;
use super::setting::{Kind, Setting};
use super::values::Values;

const WALLETS: Setting = Setting {
    key: "ledger.wallets_max",
    kind: Kind::Number,
    default: Some("1000000"),
    about: "Wallets kept in memory; about half a kilobyte each.",
};

const READERS: Setting = Setting {
    key: "ledger.readers",
    kind: Kind::Number,
    default: Some("2"),
    about: "Threads that read the database.",
};

/// The settings of this section.
pub(super) const SETTINGS: [&Setting; 2] = [&WALLETS, &READERS];

/// How much of the ledger is kept in memory.
pub(crate) struct Ledger {
    /// Wallets kept in memory.
    pub(crate) wallets_max: usize,
    /// Threads that read.
    pub(crate) readers: usize,
}

impl Ledger {
    pub(super) fn read(values: &mut Values) -> Option<Self> {
        let wallets_max = values.get(&WALLETS, number_between(1_000, 100_000_000));
        let readers = values.get(&READERS, number_between(1, 64));
        Some(Self { wallets_max: wallets_max?, readers: readers? })
    }
}
