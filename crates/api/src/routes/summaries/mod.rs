//! Summaries of a user's credits. One endpoint a file.

pub(super) mod get;
