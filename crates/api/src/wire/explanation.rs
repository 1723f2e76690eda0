//! Where a transaction comes from.

use std::sync::Arc;

use app::{Drawn, Explanation as Explained};
use domain::{GrantId, Hash, Seq};
use serde::Serialize;
use utoipa::ToSchema;

use super::hold::Hold;
use super::output::{Decimal, Shown, hex};
use super::quote::PriceLine;
use super::scalar::SourceIn;
use super::service::ServicePrice;
use super::transaction::CreditTransaction;

/// Where a transaction comes from, and its proof.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Explanation {
    transaction: CreditTransaction,
    /// The price that made the amount.
    price: Option<ServicePrice>,
    /// How.
    lines: Vec<PriceLine>,
    /// The grants it took from or went to, in the order it did.
    grants: Vec<DrawnGrant>,
    /// The hold it captured, as it left it.
    hold: Option<Hold>,
    record: JournalPlace,
}

/// What a transaction changed in a grant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DrawnGrant {
    #[schema(value_type = String, examples("grant_1_42_1"))]
    id: Shown<GrantId>,
    #[schema(value_type = SourceIn)]
    source: &'static str,
    /// Signed like the transaction.
    amount: Decimal,
}

/// A record of the journal and the chain's hash behind it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JournalPlace {
    pub(crate) seq: i64,
    /// SHA-256, hexadecimal.
    pub(crate) hash: String,
}

impl JournalPlace {
    pub(crate) fn of(seq: Seq, hash: Hash) -> Self {
        Self { seq: seq.number(), hash: hex(&hash.0) }
    }
}

impl From<Drawn> for DrawnGrant {
    fn from(drawn: Drawn) -> Self {
        Self { id: Shown(drawn.id), source: drawn.source.as_str(), amount: drawn.amount.into() }
    }
}

impl From<Explained> for Explanation {
    fn from(explained: Explained) -> Self {
        Self {
            transaction: explained.transaction.into(),
            price: explained.price.map(|price| Arc::unwrap_or_clone(price).into()),
            lines: explained.lines.into_iter().map(Into::into).collect(),
            grants: explained.grants.into_iter().map(Into::into).collect(),
            hold: explained.hold.map(Into::into),
            record: JournalPlace::of(explained.seq, explained.hash),
        }
    }
}
