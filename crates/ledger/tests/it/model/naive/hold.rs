//! A hold of the model: what it was placed with, and a list of its captures.
//! What depends on its family is the wallet's to say.

use ledger::{Actor, GrantId, HoldId, HoldStatus, OnExpiry, OverCapture, Text};

#[derive(Clone, Debug)]
pub(crate) struct Hold {
    pub(crate) id: HoldId,
    pub(crate) parent: Option<HoldId>,
    pub(crate) amount: i64,
    pub(crate) on_expiry: OnExpiry,
    pub(crate) over_capture: OverCapture,
    pub(crate) service: Option<Text>,
    pub(crate) price_version: Option<i64>,
    pub(crate) job: Option<Text>,
    pub(crate) actor: Actor,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    /// Its own captures.
    pub(crate) captures: Vec<Taken>,
    /// Given back when it closed.
    pub(crate) released: i64,
    /// How and when it closed.
    pub(crate) closed: Option<(HoldStatus, i64)>,
    /// What it reserved when it was placed, in burn order.
    pub(crate) reserved: Vec<(GrantId, i64)>,
}

/// What a capture took of the reserve, and beyond it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) reserved: i64,
    pub(crate) beyond: i64,
}

impl Taken {
    pub(crate) fn total(self) -> i64 {
        self.reserved + self.beyond
    }
}

impl Hold {
    pub(crate) fn is_open(&self) -> bool {
        self.closed.is_none()
    }
}
