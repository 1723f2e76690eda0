//! Subscriptions: a package's credits each month for its price.
//!
//! ```text
//! a request, a webhook, the job, an admin ─► advance ─► begin · bill · cross · grant · tell
//! ```
//!
//! What somebody asks for changes the row, in one transaction. What follows from it
//! and from time is taken by [`App::sync_subscription`], step by step: each step
//! names the state it leaves, so it is no matter who takes it, how often, or where
//! a server stops. A period's credits have one key in the ledger, made of the
//! subscription and the period's start.
//!
//! This module must not know who bills.

mod admin;
mod advance;
mod begin;
mod bill;
mod card;
mod change;
mod cross;
mod figures;
mod gather;
mod grant;
mod kept;
mod list;
mod live;
mod mail;
mod outcome;
mod preview;
mod request;
mod shown;
mod stored;
mod subscribe;
mod turn;
mod view;

use domain::{PackageId, PaymentMethod, TransitionError};

use crate::wallets::Whose;

pub use admin::PeriodGrant;
pub(crate) use gather::Gathering;
pub use list::{SubscriptionFilter, SubscriptionPeriod};
pub use live::LiveSubscription;
pub(crate) use live::live;
pub use preview::{PreviewAction, PreviewHindrance, PreviewRequest, SubscriptionPreview};
pub use turn::{Turn, TurnRequest};
pub use view::SubscriptionView;

/// A subscription that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeRequest {
    /// For whom.
    pub whose: Whose,
    /// To which package.
    pub package: PackageId,
    /// How it is paid; as the provider has it where nothing is said.
    pub payment_method: Option<PaymentMethod>,
}

/// Another package that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRequest {
    /// Whose subscription.
    pub whose: Whose,
    /// To which package.
    pub package: PackageId,
}

/// Why a subscription is not what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionRefusal {
    /// A user has one that lives.
    #[error("there is a subscription already")]
    Exists,
    /// It can't be that from where it stands.
    #[error(transparent)]
    State(#[from] TransitionError),
}
