//! The ledger at work, on a real database: what concurrency, restarts, eviction
//! and clocks must not change.

mod bench;
mod clocks;
mod keys;
mod memory;
mod model;
mod reads;
mod restarts;
