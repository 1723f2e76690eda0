//! What may be asked of the ledger.

use crate::account::Source;
use crate::actor::Actor;
use crate::chain::Hash;
use crate::cost::Cost;
use crate::credits::Credits;
use crate::hold::{OnExpiry, OverCapture, words};
use crate::id::{GrantId, HoldId, Seq, WalletId};
use crate::key::Fingerprint;
use crate::record::{Kind, Record, Usage};
use crate::text::Text;
use crate::time::Time;
use crate::wallet::{Owner, Status};
use crate::words::Words;

/// A command and what goes with every command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What is asked.
    pub command: Command,
    /// Who calls.
    pub actor: Actor,
    /// The caller's key and what the request said.
    pub key: Option<(Text, Fingerprint)>,
    /// Who consumed, where that is not the owner.
    pub subject: Option<Text>,
    /// When the work was done.
    pub occurred_at: Option<Time>,
    /// The job it is for.
    pub job: Option<Text>,
    /// Pairs to slice usage by, at most 8, each named once.
    pub labels: Vec<(Text, Text)>,
    /// Its cause outside the ledger.
    pub reference: Option<Text>,
    /// The request.
    pub request: Option<Text>,
    /// Description and metadata.
    pub words: Option<Words>,
}

impl Order {
    /// A command with nothing else.
    pub fn bare(actor: Actor, command: Command) -> Self {
        Self {
            command,
            actor,
            key: None,
            subject: None,
            occurred_at: None,
            job: None,
            labels: Vec::new(),
            reference: None,
            request: None,
            words: None,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Open a wallet.
    Open(Open),
    /// Make a grant.
    Grant(Grant),
    /// Take credits at once.
    Spend(Spend),
    /// Place a hold.
    Authorize(Authorize),
    /// Move a hold's expiry.
    Extend(Extend),
    /// Take credits of a hold.
    Capture(Capture),
    /// Give a hold back.
    Release(Release),
    /// Settle what is due in a wallet.
    Settle(WalletId),
    /// Take unheld credits, by an admin.
    Remove(Remove),
    /// Give back credits of a spend.
    Refund(Refund),
    /// Take back credits of a grant.
    Clawback(Clawback),
    /// Freeze a grant.
    Freeze(WalletId, GrantId),
    /// Thaw a grant.
    Thaw(WalletId, GrantId),
    /// Set what a wallet may do.
    SetStatus(SetStatus),
    /// Erase the words of a record.
    Erase(Seq),
    /// Seal the audit log as far as it is.
    Seal(Seal),
}

words!(
    /// A command's name: the operation in a key's scope.
    Operation {
        /// See [`Command::Open`].
        Open = "open",
        /// See [`Command::Grant`].
        Grant = "grant",
        /// See [`Command::Spend`].
        Spend = "spend",
        /// See [`Command::Authorize`].
        Authorize = "hold",
        /// See [`Command::Extend`].
        Extend = "extend",
        /// See [`Command::Capture`].
        Capture = "capture",
        /// See [`Command::Release`].
        Release = "release",
        /// See [`Command::Settle`].
        Settle = "settle",
        /// See [`Command::Remove`].
        Remove = "remove",
        /// See [`Command::Refund`].
        Refund = "refund",
        /// See [`Command::Clawback`].
        Clawback = "clawback",
        /// See [`Command::Freeze`].
        Freeze = "freeze",
        /// See [`Command::Thaw`].
        Thaw = "thaw",
        /// See [`Command::SetStatus`], before each change had keys of its own. No
        /// command has this name any more.
        SetStatus = "set_status",
        /// See [`Command::Erase`].
        Erase = "erase",
        /// See [`Command::Seal`].
        Seal = "seal",
        /// See [`Command::SetStatus`], to paused.
        Pause = "pause",
        /// See [`Command::SetStatus`], to suspended.
        Suspend = "suspend",
        /// See [`Command::SetStatus`], to active.
        Resume = "resume",
    }
);

/// Open a wallet. Its key binds it to its owner: one key, one wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Whose.
    pub owner: Owner,
    /// What it counts.
    pub unit: Text,
}

/// Make a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// To which wallet.
    pub wallet: WalletId,
    /// How much.
    pub amount: Credits,
    /// Where from.
    pub source: Source,
    /// 0..=100, lower burns first; 50 unless there is a reason.
    pub priority: i64,
    /// Not spendable before; at once where `None`.
    pub effective_at: Option<Time>,
    /// Not spendable from then.
    pub expires_at: Option<Time>,
    /// What all of it cost.
    pub cost: Option<Cost>,
}

/// Take credits at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spend {
    /// From which wallet.
    pub wallet: WalletId,
    /// How much.
    pub amount: Credits,
    /// For what.
    pub usage: Usage,
}

/// Place a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorize {
    /// On which wallet.
    pub wallet: WalletId,
    /// How much.
    pub amount: Credits,
    /// For what.
    pub usage: Usage,
    /// Microseconds until it expires, 1 s to 30 d. A child expires with its
    /// parent at the latest.
    pub expires_in: i64,
    /// What happens then.
    pub on_expiry: OnExpiry,
    /// What a capture beyond it does.
    pub over_capture: OverCapture,
    /// The hold whose reserve it draws on.
    pub parent: Option<HoldId>,
}

/// Move a hold's expiry later. It never moves earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extend {
    /// In which wallet.
    pub wallet: WalletId,
    /// Which hold.
    pub hold: HoldId,
    /// Microseconds from now, 1 s to 30 d.
    pub expires_in: i64,
}

/// Take credits of a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// In which wallet.
    pub wallet: WalletId,
    /// Which hold.
    pub hold: HoldId,
    /// How much.
    pub amount: Credits,
    /// What was used; its service and price are the hold's.
    pub quantities: Vec<(Text, i64)>,
    /// Whether the rest is released.
    pub completion: Completion,
}

words!(
    /// Whether more captures follow.
    Completion {
        /// None: what is left is released.
        Final = "final",
        /// Some may.
        Partial = "partial",
    }
);

/// Give a hold back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// In which wallet.
    pub wallet: WalletId,
    /// Which hold.
    pub hold: HoldId,
}

/// Take unheld credits, by an admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remove {
    /// From which wallet.
    pub wallet: WalletId,
    /// How much.
    pub amount: Credits,
}

/// Give back credits of a spend or capture, as a new grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The transaction, read from the journal: what it is never changes.
    pub original: Original,
    /// How much of it.
    pub amount: Credits,
    /// What the grant is: a refund or a dispute's.
    pub source: Source,
}

/// A spend or capture as the journal has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Original {
    /// Its record.
    pub seq: Seq,
    /// The wallet that spent.
    pub wallet: WalletId,
    /// What it took, as a positive amount.
    pub amount: Credits,
    /// What that had cost.
    pub cost: Option<Cost>,
}

impl Original {
    /// The original of a record: a spend or a capture, nothing else goes back.
    pub fn of(record: &Record) -> Option<Self> {
        let amount = match record.event.kind() {
            Kind::Spend | Kind::Capture => record.posting.as_ref()?.amount,
            _ => return None,
        };
        Some(Self { seq: record.seq, wallet: record.wallet?, amount, cost: record.cost })
    }
}

/// Take back credits of a grant whose money went back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clawback {
    /// In which wallet.
    pub wallet: WalletId,
    /// Which grant.
    pub grant: GrantId,
    /// Minor units of money that went back in total, of `paid`.
    pub refunded_total: i64,
    /// Minor units of money it had cost.
    pub paid: i64,
    /// What happens to what is no longer there.
    pub shortfall: Shortfall,
}

words!(
    /// What a clawback does about credits that are spent or held.
    Shortfall {
        /// They are let go.
        Forgive = "forgive",
        /// They are owed.
        Owe = "owe",
    }
);

/// Set what a wallet may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetStatus {
    /// Which wallet.
    pub wallet: WalletId,
    /// What it may do from now.
    pub status: Status,
}

/// Seal the audit log: what was written beside the ledger can't change unseen
/// behind it. What the rows are is not for the ledger to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The last row.
    pub through: i64,
    /// The chain over all rows up to it.
    pub digest: Hash,
}

impl Operation {
    /// A change of what a wallet may do. Each has keys of its own: who pauses and
    /// resumes for one job may use the job's name for both.
    pub const fn to(status: Status) -> Self {
        match status {
            Status::Active => Self::Resume,
            Status::Paused => Self::Pause,
            Status::Suspended => Self::Suspend,
        }
    }
}

impl Command {
    /// Its name.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Open(_) => Operation::Open,
            Self::Grant(_) => Operation::Grant,
            Self::Spend(_) => Operation::Spend,
            Self::Authorize(_) => Operation::Authorize,
            Self::Extend(_) => Operation::Extend,
            Self::Capture(_) => Operation::Capture,
            Self::Release(_) => Operation::Release,
            Self::Settle(_) => Operation::Settle,
            Self::Remove(_) => Operation::Remove,
            Self::Refund(_) => Operation::Refund,
            Self::Clawback(_) => Operation::Clawback,
            Self::Freeze(..) => Operation::Freeze,
            Self::Thaw(..) => Operation::Thaw,
            Self::SetStatus(set) => Operation::to(set.status),
            Self::Erase(_) => Operation::Erase,
            Self::Seal(_) => Operation::Seal,
        }
    }

    /// The wallet it works on; none for `open`, `erase` and `seal`.
    pub const fn wallet(&self) -> Option<WalletId> {
        match self {
            Self::Open(_) | Self::Erase(_) | Self::Seal(_) => None,
            Self::Grant(c) => Some(c.wallet),
            Self::Spend(c) => Some(c.wallet),
            Self::Authorize(c) => Some(c.wallet),
            Self::Extend(c) => Some(c.wallet),
            Self::Capture(c) => Some(c.wallet),
            Self::Release(c) => Some(c.wallet),
            Self::Remove(c) => Some(c.wallet),
            Self::Refund(c) => Some(c.original.wallet),
            Self::Clawback(c) => Some(c.wallet),
            Self::SetStatus(c) => Some(c.wallet),
            Self::Settle(wallet) | Self::Freeze(wallet, _) | Self::Thaw(wallet, _) => Some(*wallet),
        }
    }

    /// The hold it names: needed in memory before it is applied.
    pub const fn hold(&self) -> Option<HoldId> {
        match self {
            Self::Authorize(c) => c.parent,
            Self::Extend(c) => Some(c.hold),
            Self::Capture(c) => Some(c.hold),
            Self::Release(c) => Some(c.hold),
            _ => None,
        }
    }

    /// The grant it names: needed in memory before it is applied.
    pub const fn grant(&self) -> Option<GrantId> {
        match self {
            Self::Clawback(c) => Some(c.grant),
            Self::Freeze(_, grant) | Self::Thaw(_, grant) => Some(*grant),
            _ => None,
        }
    }

    /// The transaction it gives back: how much of it went back already is
    /// needed in memory before it is applied.
    pub const fn refund_of(&self) -> Option<Seq> {
        match self {
            Self::Refund(c) => Some(c.original.seq),
            _ => None,
        }
    }
}
