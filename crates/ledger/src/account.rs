//! The two sides of a posting.

use std::fmt;

use crate::id::WalletId;
use crate::text::Text;

/// Where granted credits come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Bought once.
    Purchase,
    /// A period of a subscription.
    Subscription,
    /// Added by an admin.
    Admin,
    /// A promotion's free credits.
    Promotion,
    /// Given back by a dispute.
    Dispute,
    /// Given back by an operator.
    Refund,
    /// A trial's credits.
    Trial,
}

impl Source {
    /// Every source, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Purchase,
        Self::Subscription,
        Self::Admin,
        Self::Promotion,
        Self::Dispute,
        Self::Refund,
        Self::Trial,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Subscription => "subscription",
            Self::Admin => "admin",
            Self::Promotion => "promotion",
            Self::Dispute => "dispute",
            Self::Refund => "refund",
            Self::Trial => "trial",
        }
    }

    /// The source of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == word)
    }
}

/// An account of the book. A wallet's credits are owed to its owner; the
/// system accounts say where they came from and went.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// A wallet.
    Wallet(WalletId),
    /// Credits come into being here.
    Issuance(Source),
    /// Credits spent on a service; `None` for spends that name none.
    Revenue(Option<Text>),
    /// Removed by an admin.
    Adjustment,
    /// Expired unspent.
    Expired,
    /// Taken back after a money refund or chargeback.
    Clawback,
    /// Taken back beyond what was left, owed by wallets.
    Debt,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wallet(id) => write!(f, "wallet/{}", id.number()),
            Self::Issuance(source) => write!(f, "issuance/{}", source.as_str()),
            Self::Revenue(Some(service)) => write!(f, "revenue/{service}"),
            Self::Revenue(None) => f.write_str("revenue"),
            Self::Adjustment => f.write_str("adjustment"),
            Self::Expired => f.write_str("expired"),
            Self::Clawback => f.write_str("clawback"),
            Self::Debt => f.write_str("debt"),
        }
    }
}
