//! A hold: a reservation that is captured or released before it expires.

use crate::actor::Actor;
use crate::credits::Credits;
use crate::id::{GrantId, HoldId, Seq, WalletId};
use crate::text::Text;
use crate::time::Time;

/// A reservation of credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Which one.
    pub id: HoldId,
    /// On which wallet.
    pub wallet: WalletId,
    /// What never changes.
    pub terms: HoldTerms,
    /// What does.
    pub state: HoldState,
    /// The last record in it.
    pub seq: Seq,
}

/// What a hold was placed with. Its labels and words stay in its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldTerms {
    /// The hold whose reserve it draws on.
    pub parent: Option<HoldId>,
    /// 1 for a top-level hold, one more for each parent.
    pub depth: i64,
    /// What happens to what is left when it expires.
    pub on_expiry: OnExpiry,
    /// What a capture beyond it does.
    pub over_capture: OverCapture,
    /// The service it is for.
    pub service: Option<Text>,
    /// The price it was quoted at; captures use the same.
    pub price_version: Option<i64>,
    /// The job it is for.
    pub job: Option<Text>,
    /// Who placed it.
    pub actor: Actor,
    /// When.
    pub created_at: Time,
}

/// How far a hold has come.
/// `amount = captured + captured_by_children + released + remaining`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldState {
    /// How much it reserved, raised by an over-capture.
    pub amount: Credits,
    /// Captured by itself.
    pub captured: Credits,
    /// Captured by its children and theirs.
    pub captured_by_children: Credits,
    /// Given back.
    pub released: Credits,
    /// What open children still reserve of what remains.
    pub reserved_by_children: Credits,
    /// How many children are open.
    pub children_open: i64,
    /// Settled from this instant.
    pub expires_at: Time,
    /// Open, or how it closed.
    pub status: HoldStatus,
    /// When it closed.
    pub settled_at: Option<Time>,
    /// The grants a top-level hold reserves, in burn order; a child has none.
    pub reserves: Vec<Reserve>,
}

/// What a top-level hold reserves of one grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// The grant.
    pub grant: GrantId,
    /// How much of it.
    pub amount: Credits,
}

/// A hold's state behind a record, whole. `made` on the record that placed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldChange {
    /// Which hold.
    pub id: HoldId,
    /// Its terms, when this record placed it.
    pub made: Option<HoldTerms>,
    /// Its state after the record.
    pub state: HoldState,
}

impl Hold {
    /// What is neither captured nor released.
    pub fn remaining(&self) -> Credits {
        let state = &self.state;
        [state.captured, state.captured_by_children, state.released]
            .into_iter()
            .try_fold(state.amount, Credits::checked_sub)
            .unwrap_or(Credits::ZERO)
    }

    /// What it may capture itself: the rest is reserved by its children.
    pub fn capturable(&self) -> Credits {
        self.remaining().checked_sub(self.state.reserved_by_children).unwrap_or(Credits::ZERO)
    }

    /// Whether it is still open.
    pub fn is_open(&self) -> bool {
        self.state.status == HoldStatus::Open
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every value, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of that word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
    };
}
pub(crate) use words;

words!(
    /// What happens to what is left of a hold when it expires.
    OnExpiry {
        /// It goes back to the wallet.
        Release = "release",
        /// It is charged.
        Capture = "capture",
    }
);

words!(
    /// What a capture beyond the hold does.
    OverCapture {
        /// It is refused.
        Reject = "reject",
        /// It takes what the wallet has, and no more.
        UpToAvailable = "up_to_available",
    }
);

words!(
    /// Where a hold stands.
    HoldStatus {
        /// It reserves credits.
        Open = "open",
        /// Closed by a final capture.
        Captured = "captured",
        /// Closed by a release.
        Released = "released",
        /// Closed by its expiry, what was left released.
        Expired = "expired",
    }
);
