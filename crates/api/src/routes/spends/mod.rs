//! Spends. One endpoint a file.

pub(super) mod create;
