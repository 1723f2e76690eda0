//! Who asks for a command. What they may ask is decided before the ledger.

use std::borrow::Cow;
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

impl Actor {
    /// The parts of its text.
    pub(crate) fn parts(&self) -> [Cow<'_, str>; 2] {
        match self {
            Self::User(id) => ["user:".into(), id.to_string().into()],
            Self::Key(name) => ["key:".into(), name.as_str().into()],
            Self::System => ["system".into(), "".into()],
        }
    }
}

/// `user:7`, `key:worker`, `system`: the caller's part of a key's scope.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts().iter().try_for_each(|part| f.write_str(part))
    }
}
