//! API keys: a secret is shown once, kept as its digest, revocable at once.

use domain::{ApiKey, ApiKeyId, IdempotencyKey, Scope, Scopes, Text, Time};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use store::{Constraint, OnConstraint, Tx, api_keys};

use crate::App;
use crate::audit::{self, Deed};
use crate::callers::{Caller, KEY_PREFIX};
use crate::directory::{Act, Digest, Directory};
use crate::error::{Error, stored};
use crate::fingerprint::Canonical;
use crate::ledger::How;
use crate::prepared::Answer;
use crate::requests::{self, Keyed};

/// How many characters of a key tell it apart from others.
const SHOWN: usize = 9;

/// A key that was made. Its secret is nowhere else, so that an answer given again
/// does not have it (ADR 11).
#[derive(Debug)]
pub struct NewApiKey {
    /// The key as it was made.
    pub key: ApiKey,
    /// What a program sends; only in the first answer.
    pub secret: Option<SecretString>,
}

/// A key before it is written.
struct Unsaved {
    name: Text,
    scopes: Scopes,
    prefix: String,
    digest: Digest,
}

/// A key in the audit log.
#[derive(Serialize)]
struct Logged<'a> {
    name: &'a str,
    scopes: String,
    prefix: &'a str,
}

/// What is answered once more.
#[derive(Deserialize, Serialize)]
struct Kept {
    id: i64,
    name: String,
    scopes: String,
    prefix: String,
    created_at: i64,
}

impl App {
    /// Makes a key. Its name is free, or was its predecessor's.
    pub async fn create_key(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        (name, scopes): (Text, Scopes),
    ) -> Result<Answer<NewApiKey>, Error> {
        caller.check(Scope::Admin)?;
        let said = Canonical::of("api_keys.create").text("name", name.as_str());
        let said = said.text("scopes", &scopes.to_string());
        let keyed = key.map(|key| self.keyed("api_keys.create", key, said));
        self.parts.directory.put_key(self.act(caller)?, keyed, (name, scopes)).await
    }

    /// Every key, newest first, revoked ones too.
    pub async fn list_keys(&self, caller: &Caller) -> Result<Vec<ApiKey>, Error> {
        caller.check(Scope::Admin)?;
        self.read(|tx| Box::pin(list(tx))).await?.into_iter().map(key).collect()
    }

    /// Revokes the key of that name: it works no more once this returns.
    pub async fn revoke_key(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        name: Text,
    ) -> Result<Answer<()>, Error> {
        caller.check(Scope::Admin)?;
        let said = Canonical::of("api_keys.revoke").text("name", name.as_str());
        let keyed = key.map(|key| self.keyed("api_keys.revoke", key, said));
        let act = self.act(caller)?;
        let revoked = self.write(move |tx| {
            Box::pin(async move {
                let keyed = keyed.as_ref();
                if requests::begin::<()>(tx, &act, keyed).await?.is_some() {
                    return Ok(requests::DONE_BEFORE);
                }
                revoke(tx, &act, &name).await?;
                requests::done(tx, &act, keyed).await
            })
        });
        let revoked = revoked.await;
        self.parts.keys.forget();
        revoked
    }
}

impl Directory {
    /// Makes a key. Its name is free, or was its predecessor's.
    pub async fn create_key(
        &self,
        act: Act,
        name: Text,
        scopes: Scopes,
    ) -> Result<NewApiKey, Error> {
        let made = self.put_key(act, None, (name, scopes)).await?;
        Ok(made.value)
    }

    async fn put_key(
        &self,
        act: Act,
        keyed: Option<Keyed>,
        (name, scopes): (Text, Scopes),
    ) -> Result<Answer<NewApiKey>, Error> {
        let text = format!("{KEY_PREFIX}{}", hex::encode(self.entropy().bytes::<32>()));
        let prefix: String = text.chars().take(SHOWN).collect();
        let secret = SecretString::from(text);
        let digest = self.digest(&secret);
        let new = Unsaved { name, scopes, prefix, digest };
        let put = self.write(move |tx| {
            Box::pin(async move { insert_once(tx, (&act, keyed.as_ref()), new).await })
        });
        let Answer { value: key, how } = put.await?;
        // What was made before has another one, which nobody knows any more.
        let secret = (how == How::Applied).then_some(secret);
        Ok(Answer { value: NewApiKey { key, secret }, how })
    }

    /// Revokes the key of that name. A server elsewhere believes it for a
    /// second at most.
    pub async fn revoke_key(&self, act: Act, name: Text) -> Result<(), Error> {
        self.write(move |tx| Box::pin(async move { revoke(tx, &act, &name).await })).await
    }
}

async fn insert_once(
    tx: &mut Tx,
    (act, keyed): (&Act, Option<&Keyed>),
    new: Unsaved,
) -> Result<Answer<ApiKey>, Error> {
    if let Some(kept) = requests::begin::<Kept>(tx, act, keyed).await? {
        return Ok(Answer { value: kept.into_key()?, how: How::Replayed });
    }
    let key = insert(tx, act, new).await?;
    requests::finish(tx, act, keyed, &Kept::of(&key)).await?;
    Ok(Answer { value: key, how: How::Applied })
}

impl Kept {
    fn of(key: &ApiKey) -> Self {
        Self {
            id: key.id.number(),
            name: key.name.to_string(),
            scopes: key.scopes.to_string(),
            prefix: key.prefix.clone(),
            created_at: key.created_at.micros(),
        }
    }

    fn into_key(self) -> Result<ApiKey, Error> {
        key(api_keys::ApiKey {
            id: self.id,
            name: self.name,
            scopes: self.scopes,
            prefix: self.prefix,
            created_at: Time::from_micros(self.created_at),
            revoked_at: None,
            last_used_at: None,
        })
    }
}

async fn insert(tx: &mut Tx, act: &Act, new: Unsaved) -> Result<ApiKey, Error> {
    let scopes = new.scopes.to_string();
    let row = api_keys::NewApiKey {
        name: new.name.as_str(),
        digest: &new.digest.0,
        prefix: &new.prefix,
        scopes: &scopes,
        created_at: act.at,
    };
    let taken = || Error::invalid("/name", "is the name of a key that is not revoked");
    let id = tx.one(api_keys::insert(&row)).await.on(Constraint::ApiKeyName, taken)?;
    let after = Logged { name: new.name.as_str(), scopes, prefix: &new.prefix };
    note(tx, act, "api_keys.create", (None, Some(&after))).await?;
    Ok(ApiKey {
        id: ApiKeyId::from_number(id),
        name: new.name,
        prefix: new.prefix,
        scopes: new.scopes,
        created_at: act.at,
        revoked_at: None,
        last_used_at: None,
    })
}

async fn revoke(tx: &mut Tx, act: &Act, name: &Text) -> Result<(), Error> {
    let live = tx.opt(api_keys::live_by_name(name.as_str())).await?;
    let live = key(live.ok_or(Error::NotFound)?)?;
    tx.exec(api_keys::revoke(name.as_str(), act.at)).await?.expect_one()?;
    let scopes = live.scopes.to_string();
    let before = Logged { name: name.as_str(), scopes, prefix: &live.prefix };
    note(tx, act, "api_keys.revoke", (Some(&before), None)).await
}

async fn note(
    tx: &mut Tx,
    act: &Act,
    action: &'static str,
    (before, after): (Option<&Logged<'_>>, Option<&Logged<'_>>),
) -> Result<(), Error> {
    let name = before.or(after).map_or("", |kept| kept.name);
    audit::note(tx, act, Deed { action, subject: format!("key:{name}"), before, after }).await
}

async fn list(tx: &mut Tx) -> Result<Vec<api_keys::ApiKey>, Error> {
    Ok(tx.all(api_keys::list()).await?)
}

/// A key from its row.
fn key(row: api_keys::ApiKey) -> Result<ApiKey, Error> {
    Ok(ApiKey {
        id: ApiKeyId::from_number(row.id),
        name: Text::parse(&row.name).map_err(|error| stored("name")(error.into()))?,
        prefix: row.prefix,
        scopes: Scopes::parse(&row.scopes).map_err(stored("scope"))?,
        created_at: row.created_at,
        revoked_at: row.revoked_at,
        last_used_at: row.last_used_at,
    })
}
