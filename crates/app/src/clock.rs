//! The clock of a test book, which an admin may move, and a clock that jumped,
//! which an operator must confirm.

use domain::{Mode, Scope, Time};

use crate::App;
use crate::callers::Caller;
use crate::error::Error;

impl App {
    /// Moves a test book's clock forward, never back. The time it shows then.
    pub fn advance_clock(&self, caller: &Caller, to: Time) -> Result<Time, Error> {
        caller.check(Scope::Admin)?;
        if self.mode() != Mode::Test {
            return Err(Error::Forbidden);
        }
        self.ledger().advance_clock(to);
        Ok(self.ledger().time()?)
    }

    /// Says that the wall clock is right: commands go on.
    pub fn confirm_clock(&self, caller: &Caller) -> Result<(), Error> {
        caller.check(Scope::Admin)?;
        self.ledger().confirm_clock();
        Ok(())
    }
}
