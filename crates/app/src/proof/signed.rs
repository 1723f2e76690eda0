//! A signed checkpoint and its text: one JSON object, hashes in hexadecimal.
//!
//! The signature covers the checkpoint, not the text, so a file may be
//! reformatted or mailed. This module must not know where texts are kept.

use ledger::{Checkpoint, CheckpointError, Hash, Partition, PublicKey, Seq, SigningKey, Time};
use serde::{Deserialize, Serialize};

/// The version of the text.
const FORMAT: i64 = 1;

/// A checkpoint and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What is said.
    pub checkpoint: Checkpoint,
    /// Whose key is said to have signed it. Believe the book's, not this.
    pub public_key: [u8; 32],
    /// Ed25519 over the checkpoint.
    pub signature: [u8; 64],
}

/// Why a text is not a signed checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum ParseSignedError {
    /// Not the JSON object it should be.
    #[error("is not a checkpoint: {0}")]
    Malformed(#[source] serde_json::Error),
    /// Its file has the name of another.
    #[error("is a checkpoint under another one's name")]
    Misnamed,
    /// Written by a newer program.
    #[error("is a checkpoint of format {0}, which this program does not know")]
    Format(i64),
}

/// The object's members, in the order they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    format: i64,
    #[serde(with = "hex")]
    book: [u8; 16],
    partition: i64,
    seq: i64,
    #[serde(with = "hex")]
    hash: [u8; 32],
    #[serde(with = "hex")]
    totals: [u8; 32],
    /// Microseconds UTC.
    at: i64,
    #[serde(with = "hex")]
    public_key: [u8; 32],
    #[serde(with = "hex")]
    signature: [u8; 64],
}

impl Signed {
    /// Signs a checkpoint.
    pub fn sign(checkpoint: Checkpoint, key: &SigningKey) -> Self {
        let signature = key.sign(&checkpoint);
        Self { checkpoint, public_key: key.public().to_bytes(), signature }
    }

    /// Whether that key signed it, just so.
    pub fn verify(&self, key: &PublicKey) -> Result<(), CheckpointError> {
        key.verify(&self.checkpoint, &self.signature)
    }

    /// Its text: one line of JSON.
    pub fn to_json(&self) -> String {
        let text = Text {
            format: FORMAT,
            book: self.checkpoint.book,
            partition: self.checkpoint.partition.number(),
            seq: self.checkpoint.seq.number(),
            hash: self.checkpoint.hash.0,
            totals: self.checkpoint.totals,
            at: self.checkpoint.at.micros(),
            public_key: self.public_key,
            signature: self.signature,
        };
        // Numbers and strings under fixed names: there is nothing that could fail.
        serde_json::to_string(&text).unwrap_or_default()
    }

    /// Reads a text. Whether to believe it is another question.
    pub fn parse(text: &str) -> Result<Self, ParseSignedError> {
        let text: Text = serde_json::from_str(text).map_err(ParseSignedError::Malformed)?;
        if text.format != FORMAT {
            return Err(ParseSignedError::Format(text.format));
        }
        let checkpoint = Checkpoint {
            book: text.book,
            partition: Partition::from_number(text.partition),
            seq: Seq::from_number(text.seq),
            hash: Hash(text.hash),
            totals: text.totals,
            at: Time::from_micros(text.at),
        };
        Ok(Self { checkpoint, public_key: text.public_key, signature: text.signature })
    }
}
