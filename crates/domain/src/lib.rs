//! What the product knows beside the ledger: people, keys, services, prices,
//! and the texts of requests.
//!
//! Everything here is pure. A value is parsed at the edge and right from then
//! on. This crate must not know SQL, HTTP, a runtime, a clock or randomness.

#![deny(clippy::as_conversions, clippy::float_arithmetic, clippy::arithmetic_side_effects)]

mod api_key;
mod catalogue;
mod cents;
mod decimal;
mod description;
mod email;
mod error;
mod id;
mod idempotency;
pub mod instant;
mod label;
mod line;
mod mail;
mod money;
mod offers;
mod package;
mod payment;
mod price;
mod promotion;
mod promotion_check;
mod promotion_choice;
mod purchase;
mod quantity;
mod rate;
mod rates_check;
mod reason;
mod reversal;
mod role;
mod scope;
mod service;
pub mod settlement;
pub mod subscription;
mod tag;
mod top_up;
mod transaction;
mod user;

pub use api_key::ApiKey;
pub use catalogue::{DefaultService, default_services};
pub use cents::Cents;
pub use description::Description;
pub use email::Email;
pub use error::ParseError;
pub use id::{
    ApiKeyId, JobId, PackageId, PromotionId, PurchaseId, RedemptionId, ReversalId, SubscriptionId,
    UserId,
};
pub use idempotency::IdempotencyKey;
pub use label::Labels;
pub use line::line;
pub use mail::MailKind;
pub use money::{format_dollars, parse_dollars};
pub use offers::{DefaultPackage, default_packages, default_rates};
pub use package::{Package, PackageTerms, PackageVersion, TermsFault, Trial};
pub use payment::{PaymentIntent, PaymentMethod, PromotionCode, QuoteToken};
pub use price::{Line, Price, PriceError, Priced, UnitPrice};
pub use promotion::{
    Buyer, Discount, NotApplicable, Occasion, Promotion, PromotionTerms, UserGroup,
};
pub use promotion_check::PromotionFault;
pub use promotion_choice::Chosen;
pub use purchase::{
    BulkTier, PriceReason, PurchaseLine, PurchasePrice, PurchaseRates, PurchaseTerms, Reduction,
};
pub use quantity::{Quantities, Quantity};
pub use rate::{Rate, Share};
pub use rates_check::RatesFault;
pub use reason::Reason;
pub use reversal::{MissingCredits, Reversal, ReversalKind, ReversalState};
pub use role::Role;
pub use scope::{Scope, Scopes};
pub use service::{Dimension, Service, ServiceKey};
pub use subscription::{
    Anchor, Cover, Crossed, Period, Plan, Proration, Stage, SubscriptionStatus, Then,
    TransitionError,
};
pub use tag::Tag;
pub use top_up::{
    COOL_DOWN_S_MAX, COOL_DOWN_S_MIN, Room, TopUpCaps, TopUpMisfit, TopUpStatus, TopUpTerms, day_of,
};
pub use transaction::TransactionType;
pub use user::User;

// The ledger's words are the product's: whoever may know `domain` needs no
// second crate to say how many credits something is.
pub use ledger::{
    Account, Actor, Balances, Checkpoint, ClockJump, Completion, Cost, Credits, Currency, Event,
    Fault, GrantChange, GrantId, GrantState, GrantStatus, GrantTerms, Hash, HoldChange, HoldId,
    HoldState, HoldStatus, HoldTerms, Invalid, KeyUse, Kind, Limit, Mode, OnExpiry, Operation,
    OverCapture, Owner, ParseCreditsError, ParseIdError, Posting, PublicKey, Record, Refusal, Seq,
    Source, Status, Text, TextError, Time, Totals, Turnover, TxId, Usage, WalletId, WordsDigest,
};
