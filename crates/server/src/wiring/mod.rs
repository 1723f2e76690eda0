//! Where the crates meet the machine and each other.

mod book;
mod folder;
pub(crate) mod machine;
mod running;

pub(crate) use book::{Kept, keep};
pub(crate) use folder::open_for_tools;
pub(crate) use running::Running;
