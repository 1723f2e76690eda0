//! Where the crates meet the machine and each other.

mod auth;
mod book;
pub(crate) mod logs;
pub(crate) mod machine;
mod payments;
mod running;
mod tools;

pub(crate) use running::Running;
pub(crate) use tools::{find_book, open_alone, open_as_tool, open_for_tools, open_or_make};
pub(crate) use tools::{open_to_serve, operator};
