//! The store through its public face, on real files.

mod book;
mod breaks;
mod constraints;
mod copying;
mod hot;
mod journal;
mod migrating;
mod opening;
mod projections;
mod scratch;
mod statements;
mod tables;
mod transactions;
