//! What a transaction is to its owner.

use ledger::{Kind, Record, Source};

/// What a transaction is to its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransactionType {
    /// A spend or a capture.
    Service,
    /// A subscription's or a trial's credits.
    Subscription,
    /// Added or removed by an admin.
    Admin,
    /// Given back by a dispute.
    Dispute,
    /// Bought.
    Purchase,
    /// A promotion's free credits.
    Promotion,
    /// Expired unspent.
    Expiry,
    /// Given back, taken back with the money, or paid to a debt.
    Refund,
    /// Between wallets.
    Transfer,
}

impl TransactionType {
    /// Every type.
    pub const ALL: [Self; 9] = [
        Self::Service,
        Self::Subscription,
        Self::Admin,
        Self::Dispute,
        Self::Purchase,
        Self::Promotion,
        Self::Expiry,
        Self::Refund,
        Self::Transfer,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Subscription => "subscription",
            Self::Admin => "admin",
            Self::Dispute => "dispute",
            Self::Purchase => "purchase",
            Self::Promotion => "promotion",
            Self::Expiry => "expiry",
            Self::Refund => "refund",
            Self::Transfer => "transfer",
        }
    }

    /// The type of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// The type of a grant from that source.
    pub const fn of_source(source: Source) -> Self {
        match source {
            Source::Purchase => Self::Purchase,
            Source::Subscription | Source::Trial => Self::Subscription,
            Source::Admin => Self::Admin,
            Source::Promotion => Self::Promotion,
            Source::Dispute => Self::Dispute,
            Source::Refund => Self::Refund,
        }
    }

    /// The type of a transaction's record; `None` where it is none.
    pub fn of(record: &Record) -> Option<Self> {
        record.amount()?;
        match record.event.kind() {
            Kind::Spend | Kind::Capture => Some(Self::Service),
            Kind::Remove => Some(Self::Admin),
            Kind::Expire => Some(Self::Expiry),
            Kind::Clawback | Kind::Repay => Some(Self::Refund),
            Kind::Grant | Kind::Refund => {
                let made = record.grants.iter().find_map(|change| change.made.as_ref())?;
                Some(Self::of_source(made.source))
            }
            _ => None,
        }
    }
}
