//! The ledger: every rule about credits, and nothing else.
//!
//! `apply` decides what a command does; `fold` makes the same change from the
//! record alone. Both are synchronous and deterministic: same state, same
//! command, same time, same bytes. This crate must not know async, SQL, JSON,
//! a clock or a source of randomness; times, salts and keys are arguments.

#![deny(clippy::as_conversions, clippy::float_arithmetic, clippy::arithmetic_side_effects)]

mod account;
mod actor;
mod apply;
mod chain;
mod checkpoint;
mod clock;
mod codec;
pub mod command;
mod cost;
mod credits;
mod fold;
mod grant;
mod hold;
mod id;
mod invariant;
mod key;
mod key_filter;
mod overlay;
mod record;
mod refusal;
mod text;
mod time;
mod totals;
mod verify;
mod wallet;
mod words;
mod working;

pub use account::{Account, Source};
pub use actor::Actor;
pub use apply::{Outcome, apply, apply_all};
pub use chain::{Hash, chain};
pub use checkpoint::{Checkpoint, CheckpointError, PublicKey, SigningKey};
pub use clock::{Clock, ClockJump};
pub use codec::{DecodeError, FORMAT, decode, encode};
pub use command::{Command, Completion, Operation, Order, Original, Shortfall};
pub use cost::{Cost, Currency};
pub use credits::{Credits, ParseCreditsError};
pub use fold::genesis;
pub use grant::{Grant, GrantChange, GrantState, GrantStatus, GrantTerms};
pub use hold::{
    Hold, HoldChange, HoldState, HoldStatus, HoldTerms, OnExpiry, OverCapture, Reserve,
};
pub use id::{GrantId, HoldId, ParseIdError, Partition, Seq, TxId, WalletId};
pub use invariant::{Broken, check_closed, check_wallet};
pub use key::{Fingerprint, KeyEntry, KeyId, KeyUse};
pub use key_filter::KeyFilter;
pub use overlay::{Delta, Overlay, Sealed};
pub use record::{Balances, Event, Kind, Mode, Posting, Record, Usage};
pub use refusal::{Invalid, Limit, Refusal};
pub use text::{Text, TextError};
pub use time::Time;
pub use totals::{Totals, Turnover};
pub use verify::{Erasure, Fault, Verifier};
pub use wallet::{Owner, Status, Wallet};
pub use words::{Words, WordsDigest};
pub use working::{Facts, Head, Loaded, Read, Working};
