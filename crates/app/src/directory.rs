//! The directory: users and API keys, which need no ledger. The command line
//! works on it beside a server; a user made so gets their wallet when they
//! first need it.
//!
//! This module must not know what credits are.

use domain::{Actor, ApiKeyId, Email, Scopes, Text, Time, UserId};
use secrecy::{ExposeSecret, SecretString};
use store::{Db, Priority, Tx, Work};

use crate::entropy::Entropy;
use crate::error::{Error, stored};

/// How much later a use of a key must be to be noted, in microseconds.
const USE_NOTED_US: i64 = 60 * Time::SECOND;

/// Users and API keys. Clones share it.
#[derive(Clone)]
pub struct Directory {
    db: Db,
    entropy: Entropy,
    key_secret: [u8; 32],
}

/// Who does something beside the ledger, when, and by which request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub actor: Actor,
    /// By which request.
    pub request: Option<Text>,
    /// When.
    pub at: Time,
}

/// What a token is kept as: 128 bits of its HMAC under a secret of the book. A
/// key and a session have 256 random bits, so nothing shorter than one finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Digest(pub(crate) [u8; 16]);

/// A key that was not revoked.
pub(crate) struct LiveKey {
    pub(crate) id: ApiKeyId,
    pub(crate) name: Text,
    pub(crate) scopes: Scopes,
    pub(crate) last_used_at: Option<Time>,
}

impl Directory {
    /// The directory of a database that has a book.
    pub async fn open(db: Db, entropy: Entropy) -> Result<Self, Error> {
        let book = db.read::<_, Error, _>(|tx| Box::pin(find_book(tx))).await?;
        let book = book.ok_or_else(|| Error::internal("the database has no book yet"))?;
        Ok(Self { db, entropy, key_secret: book.api_key_secret })
    }

    /// Reads in one snapshot.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, Error> + Send + 'static,
    {
        self.db.read(work).await
    }

    /// Writes in one transaction.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, T, Error> + Send + 'static,
    {
        self.db.write(Priority::Edit, work).await
    }

    /// The database.
    pub(crate) const fn db(&self) -> &Db {
        &self.db
    }

    pub(crate) fn entropy(&self) -> &Entropy {
        &self.entropy
    }

    /// What a token is kept as.
    pub(crate) fn digest(&self, token: &SecretString) -> Digest {
        self.digest_of(token.expose_secret())
    }

    /// What an address is counted by, whatever its case. No token begins so.
    pub(crate) fn address_digest(&self, email: &Email) -> Digest {
        self.digest_of(&format!("address:{}", email.as_str().to_lowercase()))
    }

    /// What the promotion codes that are tried for a user are counted by.
    pub(crate) fn codes_digest(&self, user: UserId) -> Digest {
        self.digest_of(&format!("codes:{}", user.number()))
    }

    fn digest_of(&self, text: &str) -> Digest {
        Digest(ledger::Fingerprint::of(&self.key_secret, text.as_bytes()).0)
    }

    /// The key of that digest, unless it was revoked.
    pub(crate) async fn find_key(&self, digest: Digest) -> Result<Option<LiveKey>, Error> {
        let Some(row) = self.read(move |tx| Box::pin(find_key(tx, digest))).await? else {
            return Ok(None);
        };
        Ok(Some(LiveKey {
            id: ApiKeyId::from_number(row.id),
            name: Text::parse(&row.name).map_err(|error| stored("name")(error.into()))?,
            scopes: Scopes::parse(&row.scopes).map_err(stored("scope"))?,
            last_used_at: row.last_used_at,
        }))
    }

    /// Notes that a key was used, about once a minute.
    pub(crate) async fn note_use(
        &self,
        id: ApiKeyId,
        last: Option<Time>,
        at: Time,
    ) -> Result<(), Error> {
        if last.is_some_and(|last| at.since(last) < USE_NOTED_US) {
            return Ok(());
        }
        self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where another server noted a later use.
                let noted = tx.exec(store::api_keys::touch(id.number(), at)).await?;
                Ok(noted.at_most_one().map(drop)?)
            })
        })
        .await
    }
}

async fn find_book(tx: &mut Tx) -> Result<Option<store::books::Book>, Error> {
    Ok(tx.opt(store::books::find()).await?)
}

async fn find_key(tx: &mut Tx, digest: Digest) -> Result<Option<store::api_keys::ApiKey>, Error> {
    Ok(tx.opt(store::api_keys::live_by_digest(&digest.0)).await?)
}
