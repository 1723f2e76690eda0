//! A person changes their password: their other sessions end.

use domain::{Email, IdempotencyKey, UserId};
use store::{Tx, sessions, users};

use super::NewPassword;
use crate::App;
use crate::attempts::{self, Tried};
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::{Act, Digest, Directory};
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::prepared::Answer;
use crate::requests::{self, Keyed};

const OPERATION: &str = "auth.password";

impl App {
    /// Changes the caller's password, and ends every session of theirs but the
    /// one they call with. The current one counts as a try.
    ///
    /// A key tells requests apart by who asks alone: nothing of a password is kept for
    /// it, so another one under the same key changes nothing.
    pub async fn change_password(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        change: NewPassword,
    ) -> Result<Answer<()>, Error> {
        let NewPassword { current, new, token } = change;
        let user = self.me(caller).await?;
        let act = Act { at: self.clock(), actor: caller.actor(), request: caller.request.clone() };
        let keyed = key.map(|key| self.keyed(OPERATION, key, Canonical::of(OPERATION)));
        if self.is_answered(&act, keyed.as_ref()).await? {
            return Ok(requests::DONE_BEFORE);
        }
        let tried = self.password_tried(&user.email);
        let row = self.try_password(tried, user.email, current).await?;
        let row = row.ok_or_else(wrong)?;
        let turn = self.parts.passwords.turn().await?;
        let hash = self.parts.passwords.hash(turn, new, self.entropy().bytes()).await?;
        let change = Change {
            user: user.id,
            from: row.password_hash,
            hash,
            tried,
            keeps: self.parts.directory.digest(&token),
        };
        let written = self.write(move |tx| {
            Box::pin(async move {
                let keyed = keyed.as_ref();
                if requests::begin::<()>(tx, &act, keyed).await?.is_some() {
                    return Ok(requests::DONE_BEFORE);
                }
                write(tx, &act, change).await?;
                requests::done(tx, &act, keyed).await
            })
        });
        let written = written.await;
        self.parts.keys.forget();
        written
    }
}

impl App {
    /// Whether a key was used: then the password that is current now is not asked for.
    async fn is_answered(&self, act: &Act, keyed: Option<&Keyed>) -> Result<bool, Error> {
        let Some(keyed) = keyed.cloned() else { return Ok(false) };
        let scope = act.actor.to_string();
        Ok(self.opt(store::requests::find(keyed.row(&scope))).await?.is_some())
    }
}

impl Directory {
    /// Sets the password of who has that address, whatever it was, and ends every
    /// session of theirs. It is for who has the machine.
    pub async fn reset_password(
        &self,
        act: Act,
        email: Email,
        hash: String,
    ) -> Result<UserId, Error> {
        self.write(move |tx| {
            Box::pin(async move {
                let user = tx.opt(users::by_email(email.as_str())).await?;
                let id = user.ok_or(Error::NotFound)?.id;
                tx.exec(users::set_password(id, Some(&hash), act.at)).await?.expect_one()?;
                // However many there were.
                let _ = tx.exec(sessions::revoke_all(id, act.at)).await?;
                note(tx, &act, id).await?;
                Ok(UserId::from_number(id))
            })
        })
        .await
    }
}

/// A change before it is written.
struct Change {
    user: UserId,
    from: Option<String>,
    hash: String,
    tried: Tried,
    keeps: Digest,
}

async fn write(tx: &mut Tx, act: &Act, change: Change) -> Result<(), Error> {
    let id = change.user.number();
    let now = tx.opt(users::by_id(id)).await?.ok_or(Error::NotFound)?;
    // Another change came first: what was given is not the current one any more.
    if now.password_hash != change.from {
        return Err(wrong());
    }
    attempts::forget(tx, change.tried).await?;
    tx.exec(users::set_password(id, Some(&change.hash), act.at)).await?.expect_one()?;
    // However many there were.
    let _ = tx.exec(sessions::revoke_others(id, &change.keeps.0, act.at)).await?;
    note(tx, act, id).await
}

async fn note(tx: &mut Tx, act: &Act, user: i64) -> Result<(), Error> {
    let subject = format!("user:{user}");
    let deed = Deed::<()> { action: "users.password", subject, before: None, after: None };
    audit::note(tx, act, deed).await
}

fn wrong() -> Error {
    Error::invalid("/current_password", "is not your password")
}
