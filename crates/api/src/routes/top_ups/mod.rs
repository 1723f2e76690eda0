//! Top-ups: credits that buy themselves. One endpoint a file.

pub(super) mod end;
pub(super) mod get;
pub(super) mod list;
pub(super) mod set;
