//! How often a password may be tried for one address, whoever tries and from
//! wherever. It is counted in the database: neither a restart nor a second
//! server starts anew. Unknown addresses count as known ones do.

use domain::{Email, Time};
use store::sign_in_attempts::{self as rows, Attempt};
use store::{Tx, users};

use crate::directory::Digest;
use crate::error::{Error, SignInError};

/// The most passwords that are tried for an address in any window.
const MOST: i64 = 10;

/// A window, in microseconds.
const WINDOW_US: i64 = 15 * 60 * Time::SECOND;

/// An address at a time.
#[derive(Clone, Copy)]
pub(crate) struct Tried {
    pub(crate) address: Digest,
    pub(crate) at: Time,
}

impl Tried {
    /// Until when tries don't count any more.
    const fn since(self) -> Time {
        self.at.plus(-WINDOW_US)
    }

    const fn attempt(&self) -> Attempt<'_> {
        Attempt { address: &self.address.0, at: self.at, since: self.since(), most: MOST }
    }
}

/// Nothing, or that too many were tried. It changes nothing, so it costs who is
/// told so no place among those who wait.
pub(crate) async fn check(tx: &mut Tx, tried: Tried) -> Result<(), Error> {
    let seen = tx.opt(rows::by_address(&tried.address.0)).await?;
    let Some(seen) = seen else { return Ok(()) };
    if seen.count < MOST || seen.last_at <= tried.since() {
        return Ok(());
    }
    let wait_us = seen.last_at.since(tried.since());
    // Up to the next second: who comes back then is let through.
    let wait_s = wait_us.saturating_add(Time::SECOND - 1) / Time::SECOND;
    Err(Error::SignIn(SignInError::TooMany { wait_s }))
}

/// Counts a try and finds whose password it might be.
pub(crate) async fn begin(
    tx: &mut Tx,
    tried: Tried,
    email: &Email,
) -> Result<Option<users::User>, Error> {
    // What is old is gone for everybody: whatever it hits is right.
    let _ = tx.exec(rows::prune(tried.since())).await?;
    if !tx.exec(rows::begin(&tried.attempt())).await?.at_most_one()? {
        check(tx, tried).await?;
        return Err(Error::internal("a try was refused for no reason"));
    }
    Ok(tx.opt(users::by_email(email.as_str())).await?)
}

/// Forgets the tries of an address: one was right.
pub(crate) async fn forget(tx: &mut Tx, address: Digest) -> Result<(), Error> {
    tx.exec(rows::forget(&address.0)).await?.at_most_one()?;
    Ok(())
}
