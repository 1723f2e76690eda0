//! What is done behind requests.

pub(super) mod get;
pub(super) mod list;
pub(super) mod rerun;
