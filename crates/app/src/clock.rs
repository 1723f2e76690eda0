//! The clock of a test book, which an admin may move, and a clock that jumped,
//! which an operator must confirm. Both are noted in the audit log.

use domain::{IdempotencyKey, Mode, Scope, Time, instant};
use serde::Serialize;

use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::Act;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::prepared::Answer;
use crate::requests;

/// What the audit log says of the clock.
#[derive(Serialize)]
struct Shown {
    at: String,
}

impl App {
    /// Whether the clock can be moved: that of a test book, whose payments go by it.
    pub fn has_movable_clock(&self) -> bool {
        self.mode() == Mode::Test && self.payments().goes_by_our_clock()
    }

    /// Moves a test book's clock forward, never back. The time it shows then.
    pub async fn advance_clock(&self, caller: &Caller, to: Time) -> Result<Time, Error> {
        caller.check(Scope::Admin)?;
        if !self.has_movable_clock() {
            return Err(Error::Forbidden);
        }
        let now = self.ledger().time()?;
        if to > now {
            let act = self.act(caller)?;
            let (before, after) = (Shown::of(now), Shown::of(to));
            let noted = self.write(move |tx| {
                Box::pin(async move {
                    audit::note(tx, &act, deed("clock.advance", &before, Some(&after))).await
                })
            });
            noted.await?;
        }
        self.ledger().advance_clock(to);
        // What became due by that is done now.
        self.parts.directory.db().bell().ring();
        Ok(self.ledger().time()?)
    }

    /// Says that the wall clock is right: commands go on.
    pub async fn confirm_clock(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<()>, Error> {
        caller.check(Scope::Admin)?;
        let said = Canonical::of("clock.confirm");
        let keyed = key.map(|key| self.keyed("clock.confirm", key, said));
        // The ledger's time can't be told yet: it is that of its last record.
        let ledger = self.ledger().clone();
        let act = Act { at: self.clock(), actor: caller.actor(), request: caller.request.clone() };
        let before = Shown::of(act.at);
        let noted = self.write(move |tx| {
            Box::pin(async move {
                let keyed = keyed.as_ref();
                if requests::begin::<()>(tx, &act, keyed).await?.is_some() {
                    return Ok(requests::DONE_BEFORE);
                }
                audit::note(tx, &act, deed("clock.confirm", &before, None)).await?;
                let done = requests::done(tx, &act, keyed).await?;
                // Before COMMIT: a key that is kept was never kept in vain, and where it
                // is not kept the clock is confirmed once more. A key of an earlier jump
                // does not come here.
                ledger.confirm_clock();
                Ok(done)
            })
        });
        noted.await
    }
}

impl Shown {
    fn of(time: Time) -> Self {
        Self { at: instant::format(time) }
    }
}

fn deed<'a>(action: &'static str, before: &'a Shown, after: Option<&'a Shown>) -> Deed<'a, Shown> {
    Deed { action, subject: "clock".into(), before: Some(before), after }
}
