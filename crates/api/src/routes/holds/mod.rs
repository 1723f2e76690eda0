//! Holds: credits reserved for work. One endpoint a file.

pub(super) mod capture;
pub(super) mod create;
pub(super) mod extend;
pub(super) mod get;
pub(super) mod list;
pub(super) mod release;
