//! Holds: reserved before the work, captured when it is done, released where it
//! is not.

mod authorize;
mod find;
mod placed;
mod settle;
mod view;

use domain::{Completion, Description, HoldId, OnExpiry, OverCapture};

use crate::charge::{CaptureCharge, Charge, Particulars};
use crate::error::Error;
use crate::transactions::Transaction;
use crate::wallets::Whose;

pub(crate) use authorize::ShowHold;
pub(crate) use settle::{ShowCapture, ShowSettled};
pub use view::HoldView;
pub(crate) use view::Placed;

/// The longest a hold may be asked for: 30 days.
const SECONDS_MAX: i64 = 30 * 86_400;

/// A hold that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRequest {
    /// Whose credits.
    pub whose: Whose,
    /// How many, or for what.
    pub charge: Charge,
    /// What it says beside.
    pub particulars: Particulars,
    /// How it ends.
    pub terms: HoldRequestTerms,
}

/// How a hold ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRequestTerms {
    /// Seconds until it expires, 1 to 2 592 000. A child expires with its parent
    /// at the latest.
    pub expires_in_s: i64,
    /// What happens then.
    pub on_expiry: OnExpiry,
    /// What a capture beyond it does.
    pub over_capture: OverCapture,
    /// The hold whose reserve it draws on.
    pub parent: Option<HoldId>,
}

/// 15 minutes, then released; a capture beyond it is refused.
impl Default for HoldRequestTerms {
    fn default() -> Self {
        Self {
            expires_in_s: 900,
            on_expiry: OnExpiry::Release,
            over_capture: OverCapture::Reject,
            parent: None,
        }
    }
}

/// A capture that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureRequest {
    /// Of which hold.
    pub hold: HoldId,
    /// How much, or what was used.
    pub charge: CaptureCharge,
    /// Whether the rest is released.
    pub completion: Completion,
    /// In words; those of the hold where nothing is said.
    pub description: Option<Description>,
}

/// A later expiry that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtendRequest {
    /// Of which hold.
    pub hold: HoldId,
    /// Seconds from now, 1 to 2 592 000.
    pub expires_in_s: i64,
}

/// What a capture did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// The hold behind it.
    pub hold: HoldView,
    /// What was taken.
    pub transaction: Transaction,
}

/// Seconds of a request as the ledger counts them.
fn micros(expires_in_s: i64) -> Result<i64, Error> {
    let allowed = (1..=SECONDS_MAX).contains(&expires_in_s);
    let micros = allowed.then(|| expires_in_s.checked_mul(1_000_000)).flatten();
    micros.ok_or_else(|| Error::invalid("/expires_in", "is not 1 to 2592000 seconds"))
}
