//! The rules of credits a second time, naive, and random steps to try both with.
//! Development only: nothing ships it.
//!
//! A step says what happens only in relation to what is there; [`order`] makes the
//! order it means of it, and [`Model`] says what must come of that, record by record.

#![expect(missing_docs, reason = "rules in plain lists: only tests read them")]

mod naive;
mod resolve;
mod step;

pub use naive::{Entry, Grant, Model, Wallet};
pub use resolve::{order, passed};
pub use step::{Ask, Step, What, opening, rng, sequence, steps};

/// When every run begins, in microseconds.
pub const BEGIN: i64 = 1_800_000_000 * ledger::Time::SECOND;
