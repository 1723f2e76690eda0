//! Pausing, suspending and resuming. One at a time, so that a change that was
//! made already is seen and leaves no second record.

use domain::{Description, IdempotencyKey, Reason, Scope, Status, UserId, WalletId};
use ledger::{Command, command};

use super::{ShowStatus, StatusChange, StatusRequest, StatusView, kept};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::How;
use crate::prepared::{Answer, Keyed, Prepared, Show as _, order};
use crate::words;

impl App {
    /// Changes what a user may do.
    pub async fn set_status(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: StatusRequest,
    ) -> Result<Answer<StatusView>, Error> {
        caller.check(Scope::Admin)?;
        check_other(caller, &request)?;
        let wallet = self.wallet_of(request.user).await?;
        let keyed = self.sealed(key.as_ref(), || canonical(&request));
        let _standing = self.parts.standing.lock().await;
        let asked = (request.user, wallet, request.change);
        if let Some(answer) = self.answered(caller, asked, &keyed).await? {
            return Ok(answer);
        }
        let before = self.ledger().wallet(wallet).await?.wallet.balances.status;
        let status = request.change.of(before);
        if status == before {
            return self.leave_status(caller, keyed, (request, status)).await;
        }
        if status == Status::Suspended {
            self.check_not_last_admin(request.user).await?;
        }
        let set = Command::SetStatus(command::SetStatus { wallet, status });
        let mut order = order(caller, keyed, set);
        let (reason, notes) = (request.reason.as_ref(), request.admin_notes.as_ref());
        order.words = words::write_by_staff(self.entropy(), reason, notes);
        let answer = self.carry_out(Prepared::order(order, ShowStatus(request.user))).await;
        // Who is stopped must not have a moment left to undo it.
        self.parts.keys.forget();
        if status == Status::Suspended && answer.is_ok() {
            self.end_sessions(request.user).await;
        }
        answer
    }

    /// Ends every session of who was suspended, now. Should this fail or not be
    /// reached, the recorder of the audit log does it behind the record.
    async fn end_sessions(&self, user: UserId) {
        let at = self.clock();
        let ended = self.write(move |tx| {
            Box::pin(async move {
                // However many there were.
                let _ = tx.exec(store::sessions::revoke_all(user.number(), at)).await?;
                Ok(())
            })
        });
        if let Err(error) = ended.await {
            tracing::warn!(%error, user = user.number(), "sessions.not_ended");
        }
        self.parts.keys.forget();
    }

    /// What an earlier use of the key was answered, whatever it did.
    async fn answered(
        &self,
        caller: &Caller,
        (user, wallet, change): (UserId, WalletId, StatusChange),
        keyed: &Keyed,
    ) -> Result<Option<Answer<StatusView>>, Error> {
        if keyed.is_none() {
            return Ok(None);
        }
        let (asked, kept) = (kept::Asked::new(&caller.actor(), user, change), keyed.clone());
        let found = self
            .read(move |tx| Box::pin(async move { kept::find(tx, &asked, &kept).await }))
            .await?;
        if let Some(value) = found {
            return Ok(Some(Answer { value, how: How::Replayed }));
        }
        let scope = (caller.actor(), change.operation(), wallet);
        let outcome = self.outcome(scope, keyed.clone()).await?;
        outcome.map(|committed| ShowStatus(user).answer(&committed)).transpose()
    }

    /// Answers a change of what is so already.
    async fn leave_status(
        &self,
        caller: &Caller,
        keyed: Keyed,
        (request, status): (StatusRequest, Status),
    ) -> Result<Answer<StatusView>, Error> {
        let user = request.user;
        let reason = request.reason.as_ref().map(|reason| reason.as_str().to_owned());
        let value = StatusView { user, status, was_so: true, reason };
        let asked = kept::Asked::new(&caller.actor(), user, request.change);
        let (act, view) = (self.act(caller)?, value.clone());
        self.write(move |tx| {
            Box::pin(async move { kept::keep(tx, (&asked, act.at), &keyed, &view).await })
        })
        .await?;
        Ok(Answer { value, how: How::Applied })
    }
}

/// Nobody stops themselves, since there might be nobody left to undo it, and
/// nobody undoes what another did to them.
fn check_other(caller: &Caller, request: &StatusRequest) -> Result<(), Error> {
    if caller.user() == Some(request.user) {
        return Err(Error::invalid("/user_id", "is the caller's own: ask another admin"));
    }
    Ok(())
}

fn canonical(request: &StatusRequest) -> Canonical {
    Canonical::of(request.change.as_str())
        .maybe_text("reason", request.reason.as_ref().map(Reason::as_str))
        .maybe_text("admin_notes", request.admin_notes.as_ref().map(Description::as_str))
}
