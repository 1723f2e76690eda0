//! The store through its public face, on real files.

mod constraints;
mod migrating;
mod opening;
mod scratch;
mod statements;
mod tables;
mod transactions;
