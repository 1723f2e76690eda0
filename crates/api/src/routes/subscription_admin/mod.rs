//! Anybody's subscriptions, for staff. One endpoint a file.

pub(super) mod end;
pub(super) mod get;
pub(super) mod grant;
pub(super) mod list;
pub(super) mod sync;
