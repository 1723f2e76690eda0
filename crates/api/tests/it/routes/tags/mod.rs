//! The tags on users.

mod get;
mod set;
