//! What tests share. Development only: nothing ships it.

mod tamper;

pub use rusqlite;
pub use tamper::{raw, tamper};
