//! The record that placed a hold: who placed it, on whose wallet, at which
//! price. None of it ever changes.

use domain::{HoldId, Scope, UserId, WalletId};
use ledger::{HoldTerms, Kind};

use super::Placed;
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::ledger::Recorded;

/// A hold by the record that placed it.
pub(crate) struct PlacedHold {
    pub(crate) id: HoldId,
    pub(crate) user: UserId,
    pub(crate) wallet: WalletId,
    pub(crate) recorded: Recorded,
}

impl PlacedHold {
    /// What views of the hold take from it.
    pub(crate) fn as_placed(&self) -> Placed<'_> {
        let words = self.recorded.words.as_deref();
        Placed { user: self.user, record: &self.recorded.record, words }
    }

    /// What it was placed with.
    pub(crate) fn terms(&self) -> Option<&HoldTerms> {
        let changes = &self.recorded.record.holds;
        changes.iter().find(|change| change.id == self.id)?.made.as_ref()
    }

    /// A hold is settled by who placed it, or by who may settle anyone's. To
    /// others it is forbidden where they may see it, and else not there.
    fn check_settles(&self, caller: &Caller) -> Result<(), Error> {
        let placed_it = caller.actor() == self.recorded.record.actor;
        if placed_it || caller.reaches(Scope::CreditsSpend) {
            return Ok(());
        }
        self.check_reads(caller)?;
        Err(Error::Forbidden)
    }

    fn check_reads(&self, caller: &Caller) -> Result<(), Error> {
        let placed_it = caller.actor() == self.recorded.record.actor;
        let sees = placed_it || caller.may(Scope::CreditsRead, self.user);
        if sees { Ok(()) } else { Err(Error::NotFound) }
    }
}

impl App {
    /// A hold the caller may settle.
    pub(super) async fn hold_to_settle(
        &self,
        caller: &Caller,
        id: HoldId,
    ) -> Result<PlacedHold, Error> {
        let placed = self.placed(id).await?;
        placed.check_settles(caller)?;
        Ok(placed)
    }

    /// A hold the caller may read.
    pub(super) async fn hold_to_read(
        &self,
        caller: &Caller,
        id: HoldId,
    ) -> Result<PlacedHold, Error> {
        let placed = self.placed(id).await?;
        placed.check_reads(caller)?;
        Ok(placed)
    }

    pub(crate) async fn placed(&self, id: HoldId) -> Result<PlacedHold, Error> {
        let recorded = self.ledger().record(id.0).await?.ok_or(Error::NotFound)?;
        let wallet = recorded.record.wallet.ok_or(Error::NotFound)?;
        if recorded.record.event.kind() != Kind::Authorize {
            return Err(Error::NotFound);
        }
        let user = self.owner_of(wallet).await?;
        Ok(PlacedHold { id, user, wallet, recorded })
    }
}
