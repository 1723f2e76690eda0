//! What a period gave, and what is left of it.

use domain::Credits;
use ledger::Wallet;
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
    /// Of the rows of a period, and the wallet its credits are in.
    pub(super) fn of(rows: &[periods::Period], wallet: &Wallet) -> Result<Self, Error> {
        let (mut used, mut rollover) = (Credits::ZERO, Credits::ZERO);
        for row in rows.iter().filter(|row| row.state == State::Granted) {
            let Some(seq) = row.seq else { continue };
            let left = wallet.grant(grant_id(seq)).map_or(Credits::ZERO, |it| it.state.remaining);
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
