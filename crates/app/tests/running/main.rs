//! The ledger at work, on a real file: what concurrency, restarts, eviction
//! and clocks must not change.

mod bench;
mod clocks;
mod keys;
mod memory;
mod reads;
mod restarts;
