//! The server itself: no caller is asked who they are. One endpoint a file.

pub(super) mod docs;
pub(super) mod errors;
pub(super) mod health;
pub(super) mod metrics;
pub(super) mod openapi;
pub(super) mod ready;
