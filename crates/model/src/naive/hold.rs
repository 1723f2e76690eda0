//! A hold of the model: what it was placed with, and a list of its captures.
//! What depends on its family is the wallet's to say.

use ledger::{Actor, GrantId, HoldId, HoldStatus, OnExpiry, OverCapture, Text};

#[derive(Clone, Debug)]
pub struct Hold {
    pub id: HoldId,
    pub parent: Option<HoldId>,
    pub amount: i64,
    pub on_expiry: OnExpiry,
    pub over_capture: OverCapture,
    pub service: Option<Text>,
    pub price_version: Option<i64>,
    pub job: Option<Text>,
    pub actor: Actor,
    pub created_at: i64,
    pub expires_at: i64,
    /// Its own captures.
    pub captures: Vec<Taken>,
    /// Given back when it closed.
    pub released: i64,
    /// How and when it closed.
    pub closed: Option<(HoldStatus, i64)>,
    /// What it reserved when it was placed, in burn order.
    pub reserved: Vec<(GrantId, i64)>,
}

/// What a capture took of the reserve, and beyond it.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub reserved: i64,
    pub beyond: i64,
}

impl Taken {
    pub fn total(self) -> i64 {
        self.reserved + self.beyond
    }
}

impl Hold {
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }
}
