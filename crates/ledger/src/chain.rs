//! The hash chain: a record's hash covers every record before it.

use std::fmt;

use sha2::{Digest, Sha256};

/// SHA-256 of the previous hash and a record's body.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Before the first record.
    pub const ZERO: Self = Self([0; 32]);
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The hash of a record behind `previous`.
pub fn chain(previous: Hash, body: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update(previous.0).chain_update(body).finalize().into())
}
