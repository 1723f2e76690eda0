//! Which tables a cluster may spread over its workers.
//!
//! No statement of a request touches one of them and another table, and each names its
//! partition, so that it runs where that lives. Verifying, rebuilding and copying read all
//! partitions, and locks are taken of tables of both kinds.

/// The ledger's tables: each row is in a partition. What consumers count is keyed so too,
/// but stays where people and prices are.
pub const PARTITIONED: [&str; 11] = [
    "partitions",
    "journal",
    "heads",
    "words",
    "projected",
    "wallets",
    "grants",
    "holds",
    "used_keys",
    "history",
    "refunds",
];
