//! What is measured, and in which order: every phase on all books by turns, and the
//! constant and the yardstick between any two kinds of work, so that each is compared
//! with the machine as it was around it.

use clap::ValueEnum;

use super::work::Work;

/// Wallets that are spent from where nothing else is said.
const WALLETS: u32 = 10_000;

/// A kind of work that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Single spends from 10 000 wallets
    Spends,
    /// Single spends from one wallet
    Hot,
    /// Single spends from every one of --wallets
    Wallets,
    /// A thousand spends a request
    Batches,
    /// A hold, then its capture: one unit is both
    Holds,
    /// The balance of a wallet
    Balances,
}

/// What a phase measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The server answering a constant.
    Constant,
    /// One transaction a spend on PostgreSQL.
    Yardstick,
    /// As fast as it is answered.
    Peak(Kind),
    /// At half of that.
    Half(Kind),
}

/// A step of the plan: the constant, the yardstick, or a kind at its peak and at half
/// of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The constant, then the yardstick.
    References,
    /// A kind of work.
    Kind(Kind),
}

impl Kind {
    /// What it asks.
    pub(super) fn work(self, wallets: u32) -> Work {
        let few = wallets.min(WALLETS);
        match self {
            Self::Spends => Work::Spend { wallets: few },
            Self::Hot => Work::Spend { wallets: 1 },
            Self::Wallets => Work::Spend { wallets },
            Self::Batches => Work::Batch { wallets: few },
            Self::Holds => Work::Hold { wallets: few },
            Self::Balances => Work::Balance { wallets },
        }
    }

    /// As it is asked for.
    pub(super) fn flag(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Spends => "spends",
            Self::Hot => "spends, one wallet",
            Self::Wallets => "spends, every wallet",
            Self::Batches => "batches of 1 000",
            Self::Holds => "holds with capture",
            Self::Balances => "balances",
        }
    }
}

impl What {
    /// The kind of work, unless it is what others are compared with.
    pub(super) fn kind(self) -> Option<Kind> {
        match self {
            Self::Peak(kind) | Self::Half(kind) => Some(kind),
            Self::Constant | Self::Yardstick => None,
        }
    }

    /// For people.
    pub(super) fn name(self) -> String {
        match self {
            Self::Constant => "constant".into(),
            Self::Yardstick => "one transaction a spend".into(),
            Self::Peak(kind) => kind.name().into(),
            Self::Half(kind) => format!("{}, at half", kind.name()),
        }
    }
}

/// The steps of a run.
pub(super) fn steps(kinds: &[Kind]) -> Vec<Step> {
    let kinds = kinds.iter().flat_map(|kind| [Step::References, Step::Kind(*kind)]);
    kinds.chain([Step::References]).collect()
}

#[cfg(test)]
mod tests {
    use super::Kind::{Holds, Spends};
    use super::{Step, steps};

    #[test]
    fn the_constant_is_measured_around_every_kind_of_work() {
        let references = Step::References;
        let (spends, holds) = (Step::Kind(Spends), Step::Kind(Holds));
        let all = [references, spends, references, holds, references];
        assert_eq!(steps(&[Spends, Holds]), all);
    }
}
