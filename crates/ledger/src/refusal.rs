//! Why a command is refused, by name and with its figures.

use crate::credits::Credits;
use crate::hold::words;

/// Why a command did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The key was used for another request.
    #[error("this key was used for another request")]
    KeyReused,
    /// No such wallet.
    #[error("there is no such wallet")]
    UnknownWallet,
    /// No such hold in this wallet.
    #[error("there is no such hold")]
    UnknownHold,
    /// No such grant in this wallet.
    #[error("there is no such grant")]
    UnknownGrant,
    /// No such record.
    #[error("there is no such record")]
    UnknownRecord,
    /// Not more than zero, or above the largest single amount.
    #[error("the amount is not between 0.000001 and 1000000000")]
    AmountOutOfRange,
    /// Terms that no command may have: a priority, a time, a share.
    #[error("{0}")]
    Invalid(Invalid),
    /// Too few credits.
    #[error("{required} credits are needed and {available} are available")]
    Insufficient {
        /// What was asked for.
        required: Credits,
        /// What may be spent.
        available: Credits,
        /// What holds reserve.
        held: Credits,
    },
    /// The wallet is paused.
    #[error("the account is paused")]
    Paused,
    /// The wallet is suspended.
    #[error("the account is suspended")]
    Suspended,
    /// The hold is captured or released.
    #[error("the hold is settled")]
    HoldSettled,
    /// The hold has expired.
    #[error("the hold has expired")]
    HoldExpired,
    /// The hold has open children.
    #[error("the hold has open children; settle them first")]
    HoldHasChildren,
    /// More than the hold may capture.
    #[error("{requested} is more than the {capturable} the hold may capture")]
    OverCapture {
        /// What was asked for.
        requested: Credits,
        /// What it may capture.
        capturable: Credits,
    },
    /// More than is left to refund of the transaction.
    #[error("{requested} is more than the {refundable} left to refund")]
    RefundExceeds {
        /// What was asked for.
        requested: Credits,
        /// What is left.
        refundable: Credits,
    },
    /// The grant is frozen already.
    #[error("the grant is frozen already")]
    GrantFrozen,
    /// The grant is not frozen.
    #[error("the grant is not frozen")]
    GrantNotFrozen,
    /// A bound of the wallet.
    #[error("{0}")]
    Limit(Limit),
}

words!(
    /// A bound of a wallet.
    Limit {
        /// 1 000 open grants.
        OpenGrants = "the wallet has 1000 open grants, the most there may be",
        /// 10 000 open holds.
        OpenHolds = "the wallet has 10000 open holds, the most there may be",
        /// 8 levels of holds.
        HoldDepth = "holds nest at most 8 deep",
        /// 30 days of a hold's life.
        HoldLife = "a hold lives at most 30 days",
        /// What a wallet can count.
        Balance = "the wallet would hold more than can be counted",
    }
);

words!(
    /// Terms that no command may have.
    Invalid {
        /// 0..=100.
        Priority = "a priority is 0 to 100",
        /// It would never be spendable.
        ExpiresBeforeEffective = "a grant expires after it becomes effective, and not in the past",
        /// 1 s..30 d.
        ExpiresIn = "a hold expires in 1 second to 30 days",
        /// At most 8.
        Labels = "there are at most 8 labels, each named once",
        /// 0 < refunded <= paid.
        Share = "what was refunded is more than 0 and at most what was paid",
    }
);

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Refusal {
    /// Whether it is a key's outcome for ever: one that state decided, not one
    /// that a corrected request can mend.
    pub const fn is_decided(self) -> bool {
        !matches!(
            self,
            Self::KeyReused
                | Self::UnknownWallet
                | Self::UnknownHold
                | Self::UnknownGrant
                | Self::UnknownRecord
                | Self::AmountOutOfRange
                | Self::Invalid(_)
        )
    }
}
