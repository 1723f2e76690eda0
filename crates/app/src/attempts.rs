//! How often a secret may be tried: the password of an address, the promotion codes of a
//! user, whoever tries and from wherever. It is counted in the database: neither a
//! restart nor a second server starts anew. Unknown addresses count as known ones do.

use std::fmt;

use domain::{Email, PromotionCode, Time, UserId};
use store::sign_in_attempts::{self as rows, Attempt};
use store::{Tx, promotions, users};

use crate::App;
use crate::directory::Digest;
use crate::error::Error;
use crate::requests::Keyed;

/// The most that are tried in any window.
const MOST: i64 = 10;

/// A window, in microseconds.
const WINDOW_US: i64 = 15 * 60 * Time::SECOND;

/// What was tried too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guessed {
    /// Passwords for one address.
    Password,
    /// Promotion codes for one user.
    PromotionCode,
}

impl fmt::Display for Guessed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password => "passwords were tried for this address",
            Self::PromotionCode => "promotion codes were tried for this user",
        })
    }
}

/// What a secret is tried for, at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tried {
    what: Guessed,
    of: Digest,
    pub(crate) at: Time,
}

impl Tried {
    /// Until when tries don't count any more.
    const fn since(self) -> Time {
        self.at.plus(-WINDOW_US)
    }

    const fn attempt(&self) -> Attempt<'_> {
        Attempt { address: &self.of.0, at: self.at, since: self.since(), most: MOST }
    }
}

impl App {
    /// A password for that address, now.
    pub(crate) fn password_tried(&self, email: &Email) -> Tried {
        let of = self.parts.directory.address_digest(email);
        Tried { what: Guessed::Password, of, at: self.clock() }
    }

    /// Nothing, or that too many promotion codes were tried for a user. One that nobody
    /// knows counts; one that exists is no guess, nor is what was answered before. Edits
    /// take turns: of many at once no more are looked at than one behind the other.
    pub(crate) async fn try_code(
        &self,
        user: UserId,
        code: Option<&PromotionCode>,
        asked: Option<(String, Keyed)>,
    ) -> Result<(), Error> {
        let Some(code) = code.cloned() else { return Ok(()) };
        let of = self.parts.directory.codes_digest(user);
        let tried = Tried { what: Guessed::PromotionCode, of, at: self.clock() };
        let looks = self.read(move |tx| {
            Box::pin(async move {
                if let Some((scope, keyed)) = &asked {
                    let seen = tx.opt(store::requests::find(keyed.row(scope))).await?;
                    if seen.is_some() {
                        return Ok(false);
                    }
                }
                check(tx, tried).await.map(|()| true)
            })
        });
        if !looks.await? {
            return Ok(());
        }
        self.write(move |tx| {
            let code = code.clone();
            Box::pin(async move {
                check(tx, tried).await?;
                match tx.opt(promotions::by_code(code.as_str())).await? {
                    Some(_) => Ok(()),
                    None => count(tx, tried).await,
                }
            })
        })
        .await
    }
}

/// Nothing, or that too many were tried. It changes nothing, so it costs who is
/// told so no place among those who wait.
pub(crate) async fn check(tx: &mut Tx, tried: Tried) -> Result<(), Error> {
    let seen = tx.opt(rows::by_address(&tried.of.0)).await?;
    let Some(seen) = seen else { return Ok(()) };
    if seen.count < MOST || seen.last_at <= tried.since() {
        return Ok(());
    }
    let wait_us = seen.last_at.since(tried.since());
    // Up to the next second: who comes back then is let through.
    let wait_s = wait_us.saturating_add(Time::SECOND - 1) / Time::SECOND;
    Err(Error::TooManyTries { of: tried.what, wait_s })
}

async fn count(tx: &mut Tx, tried: Tried) -> Result<(), Error> {
    // What is old is gone for everybody: whatever it hits is right.
    let _ = tx.exec(rows::prune(tried.since())).await?;
    if tx.exec(rows::begin(&tried.attempt())).await?.at_most_one()? {
        return Ok(());
    }
    check(tx, tried).await?;
    Err(Error::internal("a try was refused for no reason"))
}

/// Counts a try and finds whose password it might be.
pub(crate) async fn begin(
    tx: &mut Tx,
    tried: Tried,
    email: &Email,
) -> Result<Option<users::User>, Error> {
    count(tx, tried).await?;
    Ok(tx.opt(users::by_email(email.as_str())).await?)
}

/// Forgets the tries of an address: one was right.
pub(crate) async fn forget(tx: &mut Tx, tried: Tried) -> Result<(), Error> {
    tx.exec(rows::forget(&tried.of.0)).await?.at_most_one()?;
    Ok(())
}
