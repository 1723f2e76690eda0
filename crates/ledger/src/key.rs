//! Idempotency: one key, one outcome, for ever.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::actor::Actor;
use crate::command::Operation;
use crate::id::{Seq, WalletId};
use crate::refusal::Refusal;
use crate::text::Text;

/// A key within its scope (caller, operation, wallet), as 16 bytes of SHA-256.
/// Two keys that collide are one caller's own and answer `key reused`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 16]);

impl KeyId {
    /// The id of a caller's key for an operation on a wallet.
    pub fn of(actor: &Actor, operation: Operation, wallet: Option<WalletId>, key: &Text) -> Self {
        let wallet = wallet.map_or(0, WalletId::number).to_string();
        let [kind, name] = actor.parts();
        let scope = [&kind, &*name, "\0", operation.as_str(), "\0", &wallet, "\0", key.as_str()];
        Self(half(&Sha256::digest(scope.concat().as_bytes())))
    }
}

/// What a request said, without what it said: 16 bytes of an HMAC-SHA-256
/// under a secret of the book, so that a guess can't be tested against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// Of the parsed request, written canonically.
    pub fn of(secret: &[u8; 32], request: &[u8]) -> Self {
        let mac = Hmac::<Sha256>::new_from_slice(secret).map(|mac| mac.chain_update(request));
        // An HMAC takes a key of any length; the other arm is never reached.
        mac.map_or(Self([0; 16]), |mac| Self(half(&mac.finalize().into_bytes())))
    }
}

/// The first 16 bytes of a digest.
fn half(digest: &[u8]) -> [u8; 16] {
    let mut first = [0; 16];
    first.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    first
}

/// A key and the request it came with, as its record keeps them. The rest of
/// its scope is the record's actor, operation and wallet, so the id is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The key within its scope, as it follows from the record.
    pub id: KeyId,
    /// 1 to 255 visible ASCII characters.
    pub key: Text,
    /// The operation it was used for.
    pub operation: Operation,
    /// What was asked.
    pub fingerprint: Fingerprint,
}

/// A key that was used: which record has its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// The record.
    pub seq: Seq,
    /// What was asked.
    pub fingerprint: Fingerprint,
    /// Why, where the outcome is a refusal.
    pub refusal: Option<Refusal>,
}
