//! Who asks for a command. What they may ask is decided before the ledger.

use std::fmt;

use crate::text::Text;

/// Who called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person, by the id of the user.
    User(i64),
    /// An API key, by its name, so that a rotated key is the same caller.
    Key(Text),
    /// The product itself: expiry, schedules, repairs.
    System,
}

/// `user:7`, `key:worker`, `system`: the caller's part of a key's scope.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Key(name) => write!(f, "key:{name}"),
            Self::System => f.write_str("system"),
        }
    }
}
