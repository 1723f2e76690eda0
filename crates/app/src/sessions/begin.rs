//! Sessions begin and end.

use domain::{Email, Mode, Role, Status, Text, Time, User, UserId};
use secrecy::{ExposeSecret as _, SecretString};
use store::{Tx, sessions, users};

use super::{NewAccount, Registration, SessionLife, SignIn, SignedIn};
use crate::App;
use crate::attempts::{self, Tried};
use crate::callers::{Caller, SESSION_PREFIX};
use crate::directory::{Digest, Directory};
use crate::error::{Error, SignInError};
use crate::passwords::GivenPassword;
use crate::users::{NewUser, insert_user, user_of_row};

/// A session before it is written.
struct Unsaved {
    digest: Digest,
    expires_at: Time,
    replaces: Option<Digest>,
}

impl App {
    /// Signs a person in with their password. Whether it is the address or the
    /// password that is wrong is told nobody, nor shown by the time it takes.
    pub async fn sign_in(&self, sign_in: SignIn) -> Result<SignedIn, Error> {
        let SignIn { email, password, replaces } = sign_in;
        let tried = self.password_tried(&email);
        let row = self.try_password(tried, email, password).await?;
        let row = row.ok_or(Error::SignIn(SignInError::Wrong))?;
        if self.is_suspended(row.wallet_id).await? {
            return Err(Error::SignIn(SignInError::Suspended));
        }
        let (token, unsaved) = self.new_session(replaces.as_ref());
        let expires_at = unsaved.expires_at;
        let digest = unsaved.digest;
        let begun = self.write(move |tx| {
            Box::pin(async move {
                attempts::forget(tx, tried).await?;
                // What was tried may have been changed meanwhile.
                let now = tx.opt(users::by_id(row.id)).await?;
                let now = now.filter(|now| now.password_hash == row.password_hash);
                let user = user_of_row(&now.ok_or(Error::SignIn(SignInError::Wrong))?)?;
                insert(tx, &user, unsaved, tried.at).await?;
                Ok(user)
            })
        });
        let user = begun.await?;
        // Who was suspended meanwhile may have got in behind the end of their sessions.
        if self.is_suspended(row.wallet_id).await? {
            self.end_session(digest).await?;
            return Err(Error::SignIn(SignInError::Suspended));
        }
        Ok(self.signed_in(token, expires_at, user))
    }

    /// Makes an account for a customer, where people may do so, and signs them in.
    pub async fn register(
        &self,
        request: Option<Text>,
        new: NewAccount,
    ) -> Result<SignedIn, Error> {
        self.check_registration()?;
        let NewAccount { email, name, password, replaces } = new;
        let act = self.act(&Caller { request, ..Caller::SYSTEM })?;
        let turn = self.parts.passwords.turn().await?;
        let salt = self.entropy().bytes();
        let hash = self.parts.passwords.hash(turn, password, salt).await?;
        let role = Role::Customer;
        let new = NewUser { email, name, role, external_id: None, password_hash: Some(hash) };
        let (token, unsaved) = self.new_session(replaces.as_ref());
        let expires_at = unsaved.expires_at;
        let begun = self.write(move |tx| {
            Box::pin(async move {
                let user = insert_user(tx, &act, &new).await?;
                insert(tx, &user, unsaved, act.at).await?;
                Ok(user)
            })
        });
        let user = begun.await?;
        self.open_wallet_of(user.id).await;
        Ok(self.signed_in(token, expires_at, user))
    }

    /// Ends the session of this token, if it is one: it works no more once this
    /// returns.
    pub async fn sign_out(&self, token: &SecretString) -> Result<(), Error> {
        self.end_session(self.parts.directory.digest(token)).await
    }

    async fn end_session(&self, digest: Digest) -> Result<(), Error> {
        let at = self.clock();
        let ended = self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where it ended a moment ago.
                Ok(tx.exec(sessions::revoke(&digest.0, at)).await?.at_most_one().map(drop)?)
            })
        });
        let ended = ended.await;
        self.parts.keys.forget_one(digest);
        ended
    }

    /// Who calls, if it is a person.
    pub async fn me(&self, caller: &Caller) -> Result<User, Error> {
        let id = caller.user().ok_or(Error::Forbidden)?;
        let row = self.read(move |tx| Box::pin(find(tx, id))).await?;
        user_of_row(&row.ok_or(Error::NotFound)?)
    }

    /// The user of that address, if it is their password. It counts as a try.
    pub(super) async fn try_password(
        &self,
        tried: Tried,
        email: Email,
        password: GivenPassword,
    ) -> Result<Option<users::User>, Error> {
        self.read(move |tx| Box::pin(async move { attempts::check(tx, tried).await })).await?;
        let turn = self.parts.passwords.turn().await?;
        let row =
            self.write(move |tx| Box::pin(async move { attempts::begin(tx, tried, &email).await }));
        let row = row.await?;
        let hash = row.as_ref().and_then(|row| row.password_hash.clone());
        let right = self.parts.passwords.verify(turn, password, hash).await?;
        Ok(row.filter(|_| right))
    }

    /// How many passwords were held against a hash.
    pub fn password_evaluations(&self) -> u64 {
        self.parts.passwords.evaluated()
    }

    /// Whether a user's wallet is suspended. Without one nobody is.
    pub(crate) async fn is_suspended(
        &self,
        wallet: Option<domain::WalletId>,
    ) -> Result<bool, Error> {
        let Some(wallet) = wallet else { return Ok(false) };
        Ok(self.ledger().status(wallet).await? == Status::Suspended)
    }

    /// The ledger's time; while its clock waits, that of the last record: who
    /// signs in to confirm it must be able to.
    pub(crate) fn clock(&self) -> Time {
        self.ledger().now().unwrap_or_else(|_| self.ledger().head().at)
    }

    /// Nothing, or that people can't make accounts themselves here.
    pub fn check_registration(&self) -> Result<(), Error> {
        match self.registration() {
            Registration::Open => Ok(()),
            Registration::Closed => Err(Error::SignIn(SignInError::Closed)),
        }
    }

    fn registration(&self) -> Registration {
        let by_mode = match self.mode() {
            Mode::Test => Registration::Open,
            Mode::Live => Registration::Closed,
        };
        self.parts.auth.registration.unwrap_or(by_mode)
    }

    fn new_session(&self, replaces: Option<&SecretString>) -> (SecretString, Unsaved) {
        let directory: &Directory = &self.parts.directory;
        let text = format!("{SESSION_PREFIX}{}", hex::encode(self.entropy().bytes::<32>()));
        let token = SecretString::from(text);
        let SessionLife { whole_us, .. } = self.parts.auth.sessions;
        let unsaved = Unsaved {
            digest: directory.digest(&token),
            expires_at: self.clock().plus(whole_us),
            replaces: replaces
                .filter(|token| token.expose_secret().starts_with(SESSION_PREFIX))
                .map(|token| directory.digest(token)),
        };
        (token, unsaved)
    }

    fn signed_in(&self, token: SecretString, expires_at: Time, user: User) -> SignedIn {
        let lasts_s = self.parts.auth.sessions.whole_us / Time::SECOND;
        SignedIn { token, expires_at, lasts_s, user }
    }
}

async fn find(tx: &mut Tx, id: UserId) -> Result<Option<users::User>, Error> {
    Ok(tx.opt(users::by_id(id.number())).await?)
}

async fn insert(tx: &mut Tx, user: &User, session: Unsaved, at: Time) -> Result<(), Error> {
    // Whatever has expired is gone, and so is the one before.
    let _ = tx.exec(sessions::prune(at)).await?;
    if let Some(before) = session.replaces {
        tx.exec(sessions::revoke(&before.0, at)).await?.at_most_one()?;
    }
    let row = sessions::NewSession {
        user_id: user.id.number(),
        digest: &session.digest.0,
        created_at: at,
        expires_at: session.expires_at,
    };
    tx.one(sessions::insert(&row)).await?;
    Ok(())
}
