//! Anybody's subscriptions, for staff.

mod end;
mod get;
mod grant;
mod list;
mod sync;
