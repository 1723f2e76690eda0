//! What runs statements: one module an engine.
//!
//! Only these modules name an engine's library.

pub(crate) mod postgres;
pub(crate) mod sqlite;
