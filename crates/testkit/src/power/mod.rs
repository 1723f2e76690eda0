//! Power loss, without cutting any power: what a process wrote is recorded, and what
//! a disk may hold of it, had the power gone at some moment, is built from that.
//!
//! [`strace`] reads a recording, [`disk`] plays it on files and loses what was not
//! synced, [`answers`] finds what was told to clients in between. These modules must
//! not know what the files mean, except that a write-ahead log has commits.

pub mod answers;
pub mod disk;
mod line;
pub mod strace;
