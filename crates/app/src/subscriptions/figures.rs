//! What a period gave, and what is left of it.

use domain::Credits;
use ledger::{Seq, Wallet};
use store::subscription_periods::{self as periods, State};
use store::{Tx, projections};

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
    pub(super) async fn of(
        tx: &mut Tx,
        rows: &[periods::Period],
        wallet: &Wallet,
    ) -> Result<Self, Error> {
        let (mut used, mut rollover) = (Credits::ZERO, Credits::ZERO);
        for row in rows.iter().filter(|row| row.state == State::Granted) {
            let Some(seq) = row.seq else { continue };
            let left = match wallet.grant(grant_id(seq)) {
                Some(grant) => grant.state.remaining,
                None => expired(tx, seq).await?,
            };
            let gone = row.credits.checked_sub(left);
            used = gone.and_then(|gone| used.checked_add(gone)).ok_or_else(too_many)?;
            rollover = rollover.checked_add(row.rollover).ok_or_else(too_many)?;
        }
        let invoice = rows.iter().rev().find_map(|row| row.invoice.clone());
        Ok(Self { used, rollover, invoice })
    }
}

/// What of a grant that is over was left when it expired.
async fn expired(tx: &mut Tx, seq: Seq) -> Result<Credits, Error> {
    let grant = projections::find_grant(tx, grant_id(seq)).await?;
    Ok(grant.map_or(Credits::ZERO, |grant| grant.state.expired))
}

fn too_many() -> Error {
    Error::internal("a period's credits can't be counted")
}
