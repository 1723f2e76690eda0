//! Mails.

mod list;
