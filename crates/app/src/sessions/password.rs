//! A person changes their password: their other sessions end.

use domain::UserId;
use store::{Tx, sessions, users};

use super::NewPassword;
use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::{Act, Digest};
use crate::error::Error;

impl App {
    /// Changes the caller's password, and ends every session of theirs but the
    /// one they call with. The current one counts as a try.
    pub async fn change_password(&self, caller: &Caller, change: NewPassword) -> Result<(), Error> {
        let NewPassword { current, new, token } = change;
        let user = self.me(caller).await?;
        let act = Act { at: self.clock(), actor: caller.actor(), request: caller.request.clone() };
        let tried = self.tried(&user.email);
        let row = self.try_password(tried, user.email, current).await?;
        let row = row.ok_or_else(wrong)?;
        let turn = self.parts.passwords.turn().await?;
        let hash = self.parts.passwords.hash(turn, new, self.entropy().bytes()).await?;
        let change = Change {
            user: user.id,
            from: row.password_hash,
            hash,
            address: tried.address,
            keeps: self.parts.directory.digest(&token),
        };
        let written = self.write(move |tx| Box::pin(async move { write(tx, &act, change).await }));
        let written = written.await;
        self.parts.keys.forget();
        written
    }
}

/// A change before it is written.
struct Change {
    user: UserId,
    from: Option<String>,
    hash: String,
    address: Digest,
    keeps: Digest,
}

async fn write(tx: &mut Tx, act: &Act, change: Change) -> Result<(), Error> {
    let id = change.user.number();
    let now = tx.opt(users::by_id(id)).await?.ok_or(Error::NotFound)?;
    // Another change came first: what was given is not the current one any more.
    if now.password_hash != change.from {
        return Err(wrong());
    }
    crate::sign_in_attempts::forget(tx, change.address).await?;
    tx.exec(users::set_password(id, Some(&change.hash), act.at)).await?.expect_one()?;
    // However many there were.
    let _ = tx.exec(sessions::revoke_others(id, &change.keeps.0, act.at)).await?;
    let subject = format!("user:{id}");
    let deed = Deed::<()> { action: "users.password", subject, before: None, after: None };
    audit::note(tx, act, deed).await
}

fn wrong() -> Error {
    Error::invalid("/current_password", "is not your password")
}
