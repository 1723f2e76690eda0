//! Money of a payment that goes back: refunds and chargebacks.
//!
//! Both move through the same states: a refund is asked for and a chargeback
//! opened; then the buyer has the money, or it stays. What that means for the
//! credits is `settlement`'s to say. This module must not know who is asked.

use crate::cents::Cents;

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReversalKind {
    /// The seller gives it back.
    Refund,
    /// The buyer's bank takes it back.
    Chargeback,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReversalState {
    /// A refund the provider was not yet heard to make.
    Asking,
    /// A chargeback that is not decided.
    Opened,
    /// The buyer has the money.
    Returned,
    /// The money stayed or came again: a refund failed, a chargeback was won.
    Kept,
    /// A refund the provider does not make.
    Declined,
}

/// One of them, as far as credits depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// Its id.
    pub id: i64,
    /// What it is.
    pub kind: ReversalKind,
    /// Where it stands.
    pub state: ReversalState,
    /// How much money.
    pub amount: Cents,
    /// What happens to credits that are not there any more.
    pub missing: MissingCredits,
}

/// What happens to credits that went with money and are spent or held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingCredits {
    /// They are let go.
    Forgiven,
    /// They are owed.
    Owed,
}

impl ReversalKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Refund, Self::Chargeback];

    /// The word it is kept and shown by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Chargeback => "chargeback",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl ReversalState {
    /// Every one of them.
    pub const ALL: [Self; 5] =
        [Self::Asking, Self::Opened, Self::Returned, Self::Kept, Self::Declined];

    /// The word it is kept by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asking => "asking",
            Self::Opened => "opened",
            Self::Returned => "returned",
            Self::Kept => "kept",
            Self::Declined => "declined",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether what is heard now comes behind what is known: news that is late
    /// or comes twice changes nothing, whatever its order.
    pub const fn gives_way_to(self, heard: Self) -> bool {
        match (self, heard) {
            (Self::Asking, Self::Returned | Self::Kept | Self::Declined)
            | (Self::Opened, Self::Returned | Self::Kept)
            // A refund that failed at the bank, a chargeback that was lost and
            // is won after all. What is won is not lost any more: a bank that
            // tries again opens another.
            | (Self::Returned, Self::Kept) => true,
            _ => false,
        }
    }

    /// Whether its money can't be given back once more.
    pub const fn takes_money(self) -> bool {
        matches!(self, Self::Asking | Self::Opened | Self::Returned)
    }
}

impl Reversal {
    /// The word before its id in keys of the ledger: a bank's chargeback is a
    /// dispute to providers.
    pub const fn fact(&self) -> &'static str {
        match self.kind {
            ReversalKind::Refund => "refund",
            ReversalKind::Chargeback => "dispute",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for kind in ReversalKind::ALL {
            assert_eq!(ReversalKind::parse(kind.as_str()), Some(kind));
        }
        for state in ReversalState::ALL {
            assert_eq!(ReversalState::parse(state.as_str()), Some(state));
        }
        assert_eq!((ReversalKind::parse("x"), ReversalState::parse("x")), (None, None));
    }

    #[test]
    fn news_in_any_order_ends_in_the_same_state() {
        use ReversalState::{Asking, Declined, Kept, Opened, Returned};
        let stories: [&[ReversalState]; 6] = [
            &[Asking, Returned],
            &[Asking, Returned, Kept],
            &[Asking, Declined],
            &[Opened, Returned],
            &[Opened, Kept],
            &[Opened, Returned, Kept],
        ];
        let hear = |known: ReversalState, heard: &ReversalState| {
            if known.gives_way_to(*heard) { *heard } else { known }
        };
        for story in stories {
            let last = *story.last().unwrap();
            let backwards = story.iter().rev().fold(story[0], hear);
            let thrice = story.iter().chain(story).chain(story).fold(story[0], hear);
            assert_eq!((backwards, thrice), (last, last), "{story:?}");
        }
    }
}
