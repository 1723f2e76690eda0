//! Which keys were certainly never used.
//!
//! Almost every key is new, and looking for it among all that were ever used
//! would be a read a command. The filter says so without one: it may take a new
//! key for a used one (about once in five hundred, then a look-up tells: a read
//! that a whole batch waits for), never a used key for a new one. Sixteen bits a
//! key, in stages that double in size.
//!
//! This module must not know where keys are kept.

use crate::key::KeyId;

/// Words of a block: a key's bits all lie in one, so in one line of the cache.
const WORDS: usize = 8;
/// Keys a block is made for: 512 bits at sixteen bits a key.
const KEYS_PER_BLOCK: u64 = 32;
/// Blocks of the first stage: 128 KiB, 65 536 keys.
const FIRST_BLOCKS: u64 = 1 << 11;
/// Stages, the last of 64 MiB: 67 million keys in all. Beyond them every key is
/// looked for again.
const STAGES_MAX: usize = 10;
/// Bits a key sets in its block: nine bits of it name one.
const BITS: usize = 6;

/// A filter of used keys.
#[derive(Clone, Debug, Default)]
pub struct KeyFilter {
    stages: Vec<Stage>,
    /// Keys were used that are not in it.
    is_over: bool,
}

#[derive(Clone, Debug)]
struct Stage {
    blocks: Vec<[u64; WORDS]>,
    /// Keys it has room for still.
    room: u64,
}

/// The bits of a key: a number for the block, and the masks of its words.
struct Marks {
    block: u64,
    masks: [u64; WORDS],
}

impl KeyFilter {
    /// Notes that a key was used.
    pub fn insert(&mut self, key: KeyId) {
        if self.is_over || self.may_contain(key) {
            return;
        }
        if self.stages.last().is_none_or(|stage| stage.room == 0) {
            if self.stages.len() >= STAGES_MAX {
                self.is_over = true;
                self.stages = Vec::new();
                return;
            }
            let blocks = FIRST_BLOCKS.checked_shl(u32::try_from(self.stages.len()).unwrap_or(0));
            self.stages.push(Stage::new(blocks.unwrap_or(FIRST_BLOCKS)));
        }
        if let Some(stage) = self.stages.last_mut() {
            stage.insert(&Marks::of(key));
        }
    }

    /// Whether a key may have been used; where not, it was not.
    pub fn may_contain(&self, key: KeyId) -> bool {
        let marks = Marks::of(key);
        self.is_over || self.stages.iter().any(|stage| stage.may_contain(&marks))
    }
}

impl Stage {
    fn new(blocks: u64) -> Self {
        let count = usize::try_from(blocks).unwrap_or(1);
        Self { blocks: vec![[0; WORDS]; count], room: blocks.saturating_mul(KEYS_PER_BLOCK) }
    }

    fn insert(&mut self, marks: &Marks) {
        let place = self.place(marks);
        if let Some(block) = self.blocks.get_mut(place) {
            block.iter_mut().zip(marks.masks).for_each(|(word, mask)| *word |= mask);
            self.room = self.room.saturating_sub(1);
        }
    }

    fn may_contain(&self, marks: &Marks) -> bool {
        let block = self.blocks.get(self.place(marks));
        block.is_none_or(|block| {
            block.iter().zip(marks.masks).all(|(word, mask)| word & mask == mask)
        })
    }

    /// The number of blocks is a power of two.
    fn place(&self, marks: &Marks) -> usize {
        let last = u64::try_from(self.blocks.len()).unwrap_or(1).saturating_sub(1);
        usize::try_from(marks.block & last).unwrap_or(0)
    }
}

impl Marks {
    /// A key's id is a digest: its bytes are as good as any hash of them.
    fn of(KeyId(bytes): KeyId) -> Self {
        let whole = u128::from_be_bytes(bytes);
        let [block, mut bits] = [whole >> 64, whole].map(low_word);
        let mut masks = [0_u64; WORDS];
        for _ in 0..BITS {
            let word = usize::try_from(bits & 7).unwrap_or(0);
            if let Some(mask) = masks.get_mut(word) {
                *mask |= 1 << ((bits >> 3) & 63);
            }
            bits >>= 9;
        }
        Self { block, masks }
    }
}

fn low_word(whole: u128) -> u64 {
    u64::try_from(whole & u128::from(u64::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn key(number: u64) -> KeyId {
        let digest = Sha256::digest(number.to_be_bytes());
        KeyId(std::array::from_fn(|place| digest[place]))
    }

    #[test]
    fn a_used_key_is_never_taken_for_a_new_one_and_a_new_one_seldom_for_used() {
        let mut filter = KeyFilter::default();
        assert!(!filter.may_contain(key(0)), "nothing was used");
        // Through three stages: 65 536, 131 072, and most of the third.
        for number in 0..400_000 {
            filter.insert(key(number));
        }
        assert_eq!(filter.stages.len(), 3);
        assert!((0..400_000).all(|number| filter.may_contain(key(number))));
        let mistaken = (400_000..500_000).filter(|number| filter.may_contain(key(*number))).count();
        assert!(mistaken < 1_000, "{mistaken} of 100 000 new keys");
    }

    #[test]
    fn a_filter_that_is_full_says_that_it_does_not_know() {
        let full = |_| Stage { blocks: vec![[0; WORDS]], room: 0 };
        let mut filter = KeyFilter { stages: (0..STAGES_MAX).map(full).collect(), is_over: false };
        assert!(!filter.may_contain(key(1)));
        filter.insert(key(1));
        assert!(filter.may_contain(key(1)) && filter.may_contain(key(2)));
    }
}
