//! Passwords: taken within bounds, hashed with argon2id on threads of their
//! own, a few at a time. This module must not know whose they are.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use domain::ParseError;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use crate::error::{Error, SignInError};

/// Passwords hashed at a time: each takes a core and its memory.
const AT_WORK: usize = 2;

/// Passwords that wait for their turn; more are told to come back.
const WAITING: usize = 64;

/// A password somebody will sign in with.
#[derive(Clone)]
pub struct Password(SecretString);

/// A password somebody signs in with: what it is worth is seen when it is tried.
#[derive(Clone)]
pub struct GivenPassword(SecretString);

/// What hashing a password costs whoever guesses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// How often it is gone through.
    pub passes: u32,
}

/// The first choice of OWASP's cheat sheet for argon2id with little memory.
impl Default for PasswordCost {
    fn default() -> Self {
        Self { memory_kib: Params::DEFAULT_M_COST, passes: Params::DEFAULT_T_COST }
    }
}

impl Password {
    /// The fewest characters it may have.
    pub const CHARS_MIN: usize = 10;
    /// The most.
    pub const CHARS_MAX: usize = 200;

    /// Checks and keeps a password.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.chars().count() < Self::CHARS_MIN {
            return Err(ParseError::Not("at least 10 characters long"));
        }
        bounded(text).map(Self)
    }

    /// As somebody gives it who signs in.
    pub fn given(self) -> GivenPassword {
        GivenPassword(self.0)
    }

    /// What is kept of it. It takes some tens of milliseconds of a thread.
    pub fn hash(&self, cost: PasswordCost, salt: [u8; 16]) -> Result<String, Error> {
        let hash = hasher(cost)?.hash_password_with_salt(self.0.expose_secret().as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
    }
}

impl GivenPassword {
    /// Checks and keeps a password.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.is_empty() { Err(ParseError::Empty) } else { bounded(text).map(Self) }
    }
}

fn bounded(text: &str) -> Result<SecretString, ParseError> {
    if text.chars().count() > Password::CHARS_MAX {
        return Err(ParseError::TooLong(Password::CHARS_MAX));
    }
    if text.contains('\0') {
        return Err(ParseError::Nul);
    }
    Ok(text.into())
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl fmt::Debug for GivenPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenPassword")
    }
}

/// The threads that hash.
pub(crate) struct Passwords {
    cost: PasswordCost,
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    evaluated: AtomicU64,
    tasks: TaskTracker,
}

/// A turn to hash one password.
pub(crate) struct Turn {
    _place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

impl Passwords {
    pub(crate) fn new(cost: PasswordCost) -> Self {
        Self {
            cost,
            places: Arc::new(Semaphore::new(AT_WORK + WAITING)),
            turns: Arc::new(Semaphore::new(AT_WORK)),
            evaluated: AtomicU64::new(0),
            tasks: TaskTracker::new(),
        }
    }

    /// Waits for a turn, unless too many do already.
    pub(crate) async fn turn(&self) -> Result<Turn, Error> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Error::SignIn(SignInError::Busy))?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Error::internal)?;
        Ok(Turn { _place: place, _turn: turn })
    }

    /// Hashes a new password.
    pub(crate) async fn hash(
        &self,
        turn: Turn,
        password: Password,
        salt: [u8; 16],
    ) -> Result<String, Error> {
        let cost = self.cost;
        self.work(turn, move || password.hash(cost, salt)).await?
    }

    /// Whether it is the password of that hash. Without one it takes as long,
    /// and it never is.
    pub(crate) async fn verify(
        &self,
        turn: Turn,
        password: GivenPassword,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        self.evaluated.fetch_add(1, Ordering::Relaxed);
        let is_there = hash.is_some();
        let hash = hash.unwrap_or_else(|| nobodys(self.cost));
        let verified = self.work(turn, move || {
            let password = password.0.expose_secret().as_bytes();
            Argon2::default().verify_password(password, hash.as_str()).is_ok()
        });
        Ok(verified.await? && is_there)
    }

    /// How many passwords were held against a hash.
    pub(crate) fn evaluated(&self) -> u64 {
        self.evaluated.load(Ordering::Relaxed)
    }

    /// Waits for what is being hashed.
    pub(crate) async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn work<T: Send + 'static>(
        &self,
        turn: Turn,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        // The turn ends with the work, even if nobody waits for it any more.
        let work = move || {
            let done = work();
            drop(turn);
            done
        };
        self.tasks.spawn_blocking(work).await.map_err(Error::internal)
    }
}

fn hasher(cost: PasswordCost) -> Result<Argon2<'static>, Error> {
    let params = Params::new(cost.memory_kib, cost.passes, Params::DEFAULT_P_COST, None);
    let params = params.map_err(|error| Error::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A hash of the same cost that no password has: 32 zero bytes.
fn nobodys(PasswordCost { memory_kib, passes }: PasswordCost) -> String {
    let (salt, output) = ("bm9ib2R5J3Mgc2FsdC4uLg", "A".repeat(43));
    format!("$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${output}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1 };

    fn given(text: &str) -> GivenPassword {
        GivenPassword::parse(text).unwrap()
    }

    #[test]
    fn a_password_has_ten_to_two_hundred_characters_and_no_nul() {
        for text in ["0123456789", "pass phrases may have spaces", &"ü".repeat(200)] {
            assert!(Password::parse(text).is_ok(), "{text}");
        }
        for text in ["", "012345678", &"x".repeat(201), "01234567\089"] {
            assert!(Password::parse(text).is_err(), "{text:?}");
        }
        assert!(GivenPassword::parse("short").is_ok() && GivenPassword::parse("").is_err());
    }

    #[tokio::test]
    async fn only_the_password_of_a_hash_is_it_and_no_hash_has_none() {
        let passwords = Passwords::new(CHEAP);
        let hash = Password::parse("0123456789").unwrap().hash(CHEAP, [1; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        for (text, kept, right) in [
            ("0123456789", Some(&hash), true),
            ("0123456788", Some(&hash), false),
            ("x", None, false),
        ] {
            let turn = passwords.turn().await.unwrap();
            let verified = passwords.verify(turn, given(text), kept.cloned()).await.unwrap();
            assert_eq!(verified, right, "{text}");
        }
        assert_eq!(passwords.evaluated(), 3);
    }

    #[test]
    fn the_hash_of_nobody_is_one() {
        let hash = nobodys(PasswordCost::default());
        let parsed = argon2::PasswordHash::new(&hash).unwrap();
        assert_eq!(parsed.hash.unwrap().as_bytes(), [0; 32]);
        let made = Password::parse("0123456789").unwrap();
        let made = made.hash(PasswordCost::default(), [1; 16]).unwrap();
        assert_eq!(made.len(), hash.len(), "as long as one that is made");
    }

    #[tokio::test]
    async fn the_sixty_seventh_is_told_to_come_back() {
        let passwords = Passwords::new(CHEAP);
        let first = [passwords.turn().await.unwrap(), passwords.turn().await.unwrap()];
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(passwords.turn())).collect();
        for turn in &mut waiting {
            assert!(futures::poll!(turn).is_pending());
        }
        let busy = passwords.turn().await;
        assert!(matches!(busy, Err(Error::SignIn(SignInError::Busy))));
        drop(first);
        for turn in waiting {
            drop(turn.await.unwrap());
        }
    }
}
