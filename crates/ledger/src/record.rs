//! A record: one entry of the journal, complete in itself.

use crate::account::Account;
use crate::actor::Actor;
use crate::chain::Hash;
use crate::cost::Cost;
use crate::credits::Credits;
use crate::grant::GrantChange;
use crate::hold::{HoldChange, words};
use crate::id::{Seq, WalletId};
use crate::key::{KeyEntry, KeyId, KeyUse};
use crate::refusal::Refusal;
use crate::text::Text;
use crate::time::Time;
use crate::wallet::{Owner, Status};
use crate::words::WordsDigest;

/// One entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place.
    pub seq: Seq,
    /// The ledger's clock, strictly increasing.
    pub at: Time,
    /// What happened, with what only that kind of event has.
    pub event: Event,
    /// The wallet it is about.
    pub wallet: Option<WalletId>,
    /// The wallet's figures after it; `None` where it changes none.
    pub after: Option<Balances>,
    /// The credits it moves.
    pub posting: Option<Posting>,
    /// When it took effect, where that was before `at` (expiry).
    pub effective_at: Option<Time>,
    /// When the work was done, where the caller said so (late usage).
    pub occurred_at: Option<Time>,
    /// Who consumed, where that is not the owner.
    pub subject: Option<Text>,
    /// Who called.
    pub actor: Actor,
    /// Changes of grants, in the order they were made.
    pub grants: Vec<GrantChange>,
    /// Changes of holds, the command's own first.
    pub holds: Vec<HoldChange>,
    /// What the credits it draws had cost.
    pub cost: Option<Cost>,
    /// What caused it, outside the ledger: a payment, a period, a dispute.
    pub reference: Option<Text>,
    /// What was used.
    pub usage: Usage,
    /// The job it is for.
    pub job: Option<Text>,
    /// Pairs to slice usage by, at most 8.
    pub labels: Vec<(Text, Text)>,
    /// The request that caused it.
    pub request: Option<Text>,
    /// The idempotency key it answers.
    pub key: Option<KeyUse>,
    /// The digest of its description and metadata.
    pub words: Option<WordsDigest>,
}

/// Credits leave `debit` and enter `credit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The account they leave.
    pub debit: Account,
    /// The account they enter.
    pub credit: Account,
    /// How many.
    pub amount: Credits,
}

/// A wallet's figures after a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balances {
    /// All credits in it.
    pub posted: Credits,
    /// Reserved by top-level holds.
    pub held: Credits,
    /// In frozen grants, beyond what is held.
    pub frozen: Credits,
    /// Owed.
    pub debt: Credits,
    /// How many transactions it has had.
    pub account_seq: i64,
    /// What it may do.
    pub status: Status,
}

impl Balances {
    /// Those of a wallet just opened.
    pub const OPENED: Self = Self {
        posted: Credits::ZERO,
        held: Credits::ZERO,
        frozen: Credits::ZERO,
        debt: Credits::ZERO,
        account_seq: 0,
        status: Status::Active,
    };
}

/// What was used, at which price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The service.
    pub service: Option<Text>,
    /// The version of its price.
    pub price_version: Option<i64>,
    /// Dimension and quantity in millionths of its unit, by dimension.
    pub quantities: Vec<(Text, i64)>,
}

words!(
    /// Whether a book is for trying things out.
    Mode {
        /// Nothing in it is money.
        Test = "test",
        /// It is.
        Live = "live",
    }
);

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The book was made.
    Genesis {
        /// The book's id.
        book: [u8; 16],
        /// Test or live, for ever.
        mode: Mode,
        /// The version of the records' encoding.
        format: i64,
        /// The key that verifies checkpoints.
        public_key: [u8; 32],
    },
    /// A wallet was opened; its id is this record's seq.
    Open {
        /// Whose.
        owner: Owner,
        /// What it counts.
        unit: Text,
    },
    /// A grant was made.
    Grant,
    /// Credits were spent.
    Spend,
    /// A hold was placed.
    Authorize,
    /// A hold's expiry moved.
    Extend,
    /// A hold was captured, in part or for good.
    Capture,
    /// A hold was released.
    Release,
    /// A hold expired and was released.
    Lapse,
    /// Credits of a grant expired.
    Expire,
    /// An admin took credits.
    Remove,
    /// Credits of a spend were given back.
    Refund {
        /// The spend or capture.
        of: Seq,
        /// Given back of it, this refund included.
        refunded: Credits,
    },
    /// Credits of a grant were taken back.
    Clawback,
    /// What a clawback could not take became debt.
    Owe,
    /// Freed credits paid debt.
    Repay,
    /// A grant was frozen.
    Freeze,
    /// A grant thawed.
    Thaw,
    /// The wallet's status was set.
    SetStatus,
    /// The words of a record were erased.
    Erase {
        /// The record.
        of: Seq,
    },
    /// A keyed command was refused for good.
    Refuse {
        /// What was asked.
        operation: crate::command::Operation,
        /// Why not.
        refusal: Refusal,
    },
    /// The audit log was sealed.
    Seal {
        /// Its last row then.
        through: i64,
        /// The chain over all its rows up to there.
        digest: Hash,
    },
}

words!(
    /// What happened, without its data.
    Kind {
        /// See [`Event::Genesis`].
        Genesis = "genesis",
        /// See [`Event::Open`].
        Open = "open",
        /// See [`Event::Grant`].
        Grant = "grant",
        /// See [`Event::Spend`].
        Spend = "spend",
        /// See [`Event::Authorize`].
        Authorize = "authorize",
        /// See [`Event::Extend`].
        Extend = "extend",
        /// See [`Event::Capture`].
        Capture = "capture",
        /// See [`Event::Release`].
        Release = "release",
        /// See [`Event::Lapse`].
        Lapse = "lapse",
        /// See [`Event::Expire`].
        Expire = "expire",
        /// See [`Event::Remove`].
        Remove = "remove",
        /// See [`Event::Refund`].
        Refund = "refund",
        /// See [`Event::Clawback`].
        Clawback = "clawback",
        /// See [`Event::Owe`].
        Owe = "owe",
        /// See [`Event::Repay`].
        Repay = "repay",
        /// See [`Event::Freeze`].
        Freeze = "freeze",
        /// See [`Event::Thaw`].
        Thaw = "thaw",
        /// See [`Event::SetStatus`].
        SetStatus = "set_status",
        /// See [`Event::Erase`].
        Erase = "erase",
        /// See [`Event::Refuse`].
        Refuse = "refuse",
        /// See [`Event::Seal`].
        Seal = "seal",
    }
);

impl Event {
    /// What happened, without its data.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Genesis { .. } => Kind::Genesis,
            Self::Open { .. } => Kind::Open,
            Self::Grant => Kind::Grant,
            Self::Spend => Kind::Spend,
            Self::Authorize => Kind::Authorize,
            Self::Extend => Kind::Extend,
            Self::Capture => Kind::Capture,
            Self::Release => Kind::Release,
            Self::Lapse => Kind::Lapse,
            Self::Expire => Kind::Expire,
            Self::Remove => Kind::Remove,
            Self::Refund { .. } => Kind::Refund,
            Self::Clawback => Kind::Clawback,
            Self::Owe => Kind::Owe,
            Self::Repay => Kind::Repay,
            Self::Freeze => Kind::Freeze,
            Self::Thaw => Kind::Thaw,
            Self::SetStatus => Kind::SetStatus,
            Self::Erase { .. } => Kind::Erase,
            Self::Refuse { .. } => Kind::Refuse,
            Self::Seal { .. } => Kind::Seal,
        }
    }
}

impl Record {
    /// How it changed its wallet's `posted`: positive in, negative out. `None`
    /// where it is no transaction.
    pub fn amount(&self) -> Option<Credits> {
        let posting = self.posting.as_ref()?;
        let wallet = Account::Wallet(self.wallet?);
        if posting.credit == wallet {
            Some(posting.amount)
        } else if posting.debit == wallet {
            posting.amount.checked_neg()
        } else {
            None
        }
    }

    /// Whether it is a transaction: it changes its wallet's `posted`.
    pub fn is_transaction(&self) -> bool {
        self.amount().is_some()
    }

    /// The id of the key it answers.
    pub fn key_id(&self) -> Option<KeyId> {
        self.key.as_ref().map(|used| used.id)
    }

    /// The key it answers, and with what.
    pub fn key_entry(&self) -> Option<(KeyId, KeyEntry)> {
        let (seq, used) = (self.seq, self.key.as_ref()?);
        Some((used.id, KeyEntry { seq, fingerprint: used.fingerprint, refusal: self.refusal() }))
    }

    /// Why what was asked was not done, where it is that.
    pub fn refusal(&self) -> Option<Refusal> {
        match self.event {
            Event::Refuse { refusal, .. } => Some(refusal),
            _ => None,
        }
    }
}
