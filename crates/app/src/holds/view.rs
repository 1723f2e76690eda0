//! A hold as its owner sees it.

use domain::{Credits, HoldId, HoldStatus, OnExpiry, OverCapture, Seq, Text, Time, UserId};
use ledger::{Hold, HoldState, HoldTerms, Record};

use crate::metadata::Metadata;
use crate::words::Words;

/// A reservation of a user's credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldView {
    /// Its id.
    pub id: HoldId,
    /// Whose credits.
    pub user: UserId,
    /// What it is for.
    pub service: Option<Text>,
    /// The job it is for.
    pub job: Option<Text>,
    /// How much it reserved, raised by an over-capture.
    /// `amount = captured + released + remaining`.
    pub amount: Credits,
    /// Captured, by its children too.
    pub captured: Credits,
    /// Given back.
    pub released: Credits,
    /// Neither captured nor released.
    pub remaining: Credits,
    /// What open children reserve of what remains.
    pub reserved_by_children: Credits,
    /// Open, or how it closed.
    pub status: HoldStatus,
    /// The hold whose reserve it draws on.
    pub parent: Option<HoldId>,
    /// What happens to what is left when it expires.
    pub on_expiry: OnExpiry,
    /// What a capture beyond it does.
    pub over_capture: OverCapture,
    /// The price it was quoted at; captures use the same.
    pub price_version: Option<i64>,
    /// Settled from this instant.
    pub expires_at: Time,
    /// When it was placed.
    pub created_at: Time,
    /// When it closed.
    pub settled_at: Option<Time>,
    /// In words.
    pub description: Option<String>,
    /// Pairs to slice usage by, by name; may be empty.
    pub labels: Vec<(Text, Text)>,
    /// The caller's.
    pub metadata: Option<Metadata>,
    /// The last record in it.
    pub seq: Seq,
}

/// The record that placed a hold, with its words: what never changes of it.
#[derive(Clone, Copy)]
pub(crate) struct Placed<'a> {
    pub(crate) user: UserId,
    pub(crate) record: &'a Record,
    pub(crate) words: Option<&'a str>,
}

impl HoldView {
    /// The hold as a record left it: the one that placed it, or a later one.
    pub(crate) fn after(placed: Placed<'_>, record: &Record) -> Option<Self> {
        let id = HoldId(placed.record.seq);
        let made = placed.record.holds.iter().find(|change| change.id == id)?;
        let change = record.holds.iter().find(|change| change.id == id)?;
        Some(Self::from_parts(placed, made.made.as_ref()?, &change.state, record.seq))
    }

    /// The hold as it is.
    pub(crate) fn of(placed: Placed<'_>, hold: &Hold) -> Self {
        Self::from_parts(placed, &hold.terms, &hold.state, hold.seq)
    }

    fn from_parts(placed: Placed<'_>, terms: &HoldTerms, state: &HoldState, seq: Seq) -> Self {
        let words = placed.words.map(Words::read).unwrap_or_default();
        let captured = state.captured.checked_add(state.captured_by_children);
        // The ledger keeps every hold's figures within its amount.
        let captured = captured.unwrap_or(state.amount);
        let left = state.amount.checked_sub(captured);
        let remaining = left.and_then(|left| left.checked_sub(state.released));
        Self {
            id: HoldId(placed.record.seq),
            user: placed.user,
            service: terms.service.clone(),
            job: terms.job.clone(),
            amount: state.amount,
            captured,
            released: state.released,
            remaining: remaining.unwrap_or(Credits::ZERO),
            reserved_by_children: state.reserved_by_children,
            status: state.status,
            parent: terms.parent,
            on_expiry: terms.on_expiry,
            over_capture: terms.over_capture,
            price_version: terms.price_version,
            expires_at: state.expires_at,
            created_at: terms.created_at,
            settled_at: state.settled_at,
            description: words.description,
            labels: placed.record.labels.clone(),
            metadata: words.metadata,
            seq,
        }
    }
}
