//! On what ground somebody called a moment ago: believed for a second, so that
//! what changes elsewhere is seen within one. What was revoked in this process
//! is forgotten at once.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::Authority;
use crate::directory::Digest;

/// How long what was found is believed, in microseconds: a key revoked by
/// another process works no longer than this.
const FRESH_US: i64 = 1_000_000;

/// The most that are remembered.
const KEYS_MAX: usize = 4_096;

/// Keys, sessions and tokens that were found a moment ago, by their digests.
#[derive(Default)]
pub(crate) struct KeyCache(RwLock<Known>);

#[derive(Default)]
struct Known {
    keys: HashMap<Digest, (Authority, i64)>,
    /// Counts revocations: what was read before one is not remembered after it.
    revocations: u64,
}

impl KeyCache {
    pub(super) fn find(&self, digest: Digest, now: i64) -> Option<Authority> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (authority, found_at) = known.keys.get(&digest)?;
        (now.saturating_sub(*found_at) < FRESH_US).then(|| authority.clone())
    }

    pub(super) fn revocations(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).revocations
    }

    pub(super) fn keep(&self, digest: Digest, found: (Authority, i64), revocations: u64) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.revocations != revocations {
            return;
        }
        if known.keys.len() >= KEYS_MAX {
            let now = found.1;
            known.keys.retain(|_, (_, found_at)| now.saturating_sub(*found_at) < FRESH_US);
        }
        if known.keys.len() >= KEYS_MAX {
            known.keys.clear();
        }
        known.keys.insert(digest, found);
    }

    /// Forgets one: it was revoked.
    pub(crate) fn forget_one(&self, digest: Digest) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.revocations = known.revocations.wrapping_add(1);
        known.keys.remove(&digest);
    }

    /// Forgets every one: some were revoked.
    pub(crate) fn forget(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.revocations = known.revocations.wrapping_add(1);
        known.keys.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_read_before_a_revocation_is_not_remembered_after_it() {
        let cache = KeyCache::default();
        let before = cache.revocations();
        cache.forget();
        cache.keep(Digest([1; 16]), (Authority::System, 0), before);
        assert_eq!(cache.find(Digest([1; 16]), 0), None);
    }

    #[test]
    fn a_key_is_believed_for_a_second() {
        let cache = KeyCache::default();
        cache.keep(Digest([1; 16]), (Authority::System, 5), cache.revocations());
        assert_eq!(cache.find(Digest([1; 16]), 5 + FRESH_US - 1), Some(Authority::System));
        assert_eq!(cache.find(Digest([1; 16]), 5 + FRESH_US), None);
    }
}
