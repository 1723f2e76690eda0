//! Description and metadata of a record: kept beside the journal, so that they
//! can be erased; the journal has only their salted digest.

use sha2::{Digest, Sha256};

/// A record's description and metadata, as one text, and its salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Random, so that an erased text can't be guessed from its digest.
    pub salt: [u8; 16],
    /// The text; its form is the writer's.
    pub text: String,
}

/// SHA-256 of salt and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordsDigest(pub [u8; 32]);

impl Words {
    /// Their digest.
    pub fn digest(&self) -> WordsDigest {
        let digest = Sha256::new().chain_update(self.salt).chain_update(self.text.as_bytes());
        WordsDigest(digest.finalize().into())
    }
}
