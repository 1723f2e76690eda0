//! What a period gave, and what is left of it.

use std::collections::HashMap;

use domain::Credits;
use ledger::{Seq, Wallet};
use store::subscription_periods::{self as periods, State};

use super::bill::grant_id;
use crate::error::Error;

/// What a period gave, and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// What of the period's own credits is used: spent, or taken back.
    pub used: Credits,
    /// What was given anew at its start.
    pub rollover: Credits,
    /// The last invoice of it.
    pub invoice: Option<String>,
}

impl Figures {
    /// Of the rows of a period, and the wallet its credits are in; `left` has what was
    /// left when they expired of those that are over. Of what the wallet has not seen yet
    /// nothing is used.
    pub(super) fn of(
        rows: &[periods::Period],
        wallet: &Wallet,
        left: &HashMap<Seq, Credits>,
    ) -> Result<Self, Error> {
        let (mut used, mut rollover) = (Credits::ZERO, Credits::ZERO);
        for row in rows.iter().filter(|row| row.state == State::Granted) {
            let Some(seq) = row.seq else { continue };
            let left = match wallet.grant(grant_id(seq)) {
                Some(grant) => grant.state.remaining,
                None if seq > wallet.seq => row.credits,
                None => left.get(&seq).copied().unwrap_or(Credits::ZERO),
            };
            let gone = row.credits.checked_sub(left);
            used = gone.and_then(|gone| used.checked_add(gone)).ok_or_else(too_many)?;
            rollover = rollover.checked_add(row.rollover).ok_or_else(too_many)?;
        }
        let invoice = rows.iter().rev().find_map(|row| row.invoice.clone());
        Ok(Self { used, rollover, invoice })
    }
}

fn too_many() -> Error {
    Error::internal("a period's credits can't be counted")
}
