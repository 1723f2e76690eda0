//! Mails that wait to be sent, and those that were.

pub(super) mod list;
