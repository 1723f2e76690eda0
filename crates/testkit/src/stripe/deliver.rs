//! Webhooks: signed, and delivered as the world delivers them, which is more
//! than once, late, in any order, or never.

use gateway::stripe::sign;
use serde_json::Value;

use super::{FakeStripe, WEBHOOK_SECRET};

/// A webhook to be posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Its `Stripe-Signature`.
    pub signature: String,
    /// Its body, whose bytes are signed.
    pub body: String,
}

/// How deliveries go wrong.
#[derive(Clone, Copy, Debug)]
pub struct Shaken {
    /// What decides.
    pub seed: u64,
    /// How often an event is delivered, at most.
    pub copies_max: u64,
    /// Of how many events one is never delivered; none is lost at 0.
    pub lost_of: u64,
}

impl FakeStripe {
    /// What happened since it was asked last, in order, each once.
    pub fn events(&self) -> Vec<Post> {
        let mut state = self.state();
        let now = state.now;
        state.outbox.drain(..).map(|event| post(&event, now)).collect()
    }

    /// The same as it may arrive: shuffled, some more than once, some never.
    pub fn shaken(&self, how: Shaken) -> Vec<Post> {
        let mut chance = Chance(how.seed);
        let mut posts = Vec::new();
        for event in self.events() {
            if how.lost_of > 0 && chance.below(how.lost_of) == 0 {
                continue;
            }
            let copies = 1 + chance.below(how.copies_max.max(1));
            posts.extend((0..copies).map(|_| event.clone()));
        }
        for last in (1..posts.len()).rev() {
            let other = chance.below(u64::try_from(last + 1).unwrap_or(u64::MAX));
            posts.swap(last, usize::try_from(other).unwrap_or(0));
        }
        posts
    }

    /// Signs any event at this moment, as Stripe does when it delivers.
    pub fn signed(&self, event: &Value) -> Post {
        post(event, self.state().now)
    }
}

fn post(event: &Value, now: i64) -> Post {
    let body = event.to_string();
    Post { signature: sign(WEBHOOK_SECRET, now, body.as_bytes()), body }
}

/// SplitMix64: the same from the same seed.
#[derive(Debug)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}
