//! What tests share. Development only: nothing ships it.

#[cfg(feature = "http")]
mod http;
mod tamper;

#[cfg(feature = "http")]
pub use http::{Answer, Call, Hands, NOON, PASSWORD, Person, TestApp, TestBook};
pub use rusqlite;
pub use tamper::{raw, tamper};
