//! Checkpoints: signed statements of where the journal was. Kept outside the
//! database, they show a journal that was rewritten or cut below them.

use ed25519_dalek::{Signer, Verifier};

use crate::chain::Hash;
use crate::id::{Partition, Seq};
use crate::time::Time;

/// What a book's journal was at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The book.
    pub book: [u8; 16],
    /// The partition.
    pub partition: Partition,
    /// The place.
    pub seq: Seq,
    /// The chain's hash there.
    pub hash: Hash,
    /// The digest of the trial balance there.
    pub totals: [u8; 32],
    /// That record's time.
    pub at: Time,
}

impl Checkpoint {
    /// The bytes that are signed.
    fn message(&self) -> Vec<u8> {
        let mut message = b"streamline-credits checkpoint 1\n".to_vec();
        message.extend(self.book);
        message.extend(self.partition.number().to_be_bytes());
        message.extend(self.seq.number().to_be_bytes());
        message.extend(self.hash.0);
        message.extend(self.totals);
        message.extend(self.at.micros().to_be_bytes());
        message
    }
}

/// Why a checkpoint is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not the bytes of a public key.
    #[error("is not an Ed25519 public key")]
    Key,
    /// Not signed by that key, or changed since.
    #[error("its signature does not fit the key")]
    Signature,
}

/// The key a book's checkpoints are signed with.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// From 32 random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The key that verifies its signatures.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a checkpoint.
    pub fn sign(&self, checkpoint: &Checkpoint) -> [u8; 64] {
        self.0.sign(&checkpoint.message()).to_bytes()
    }
}

/// The key that verifies a book's checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

impl PublicKey {
    /// From its bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, CheckpointError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes);
        key.map(Self).map_err(|_| CheckpointError::Key)
    }

    /// Its bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Whether a checkpoint was signed by it, just so.
    pub fn verify(
        &self,
        checkpoint: &Checkpoint,
        signature: &[u8; 64],
    ) -> Result<(), CheckpointError> {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        let verified = self.0.verify(&checkpoint.message(), &signature);
        verified.map_err(|_| CheckpointError::Signature)
    }
}
