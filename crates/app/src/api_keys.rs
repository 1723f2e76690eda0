//! API keys: a secret is shown once, kept as its digest, revocable at once.

use domain::{ApiKey, ApiKeyId, Scope, Scopes, Text};
use secrecy::SecretString;
use serde::Serialize;
use store::{Constraint, OnConstraint, Tx, api_keys};

use crate::App;
use crate::audit::{self, Deed};
use crate::callers::{Caller, KEY_PREFIX};
use crate::directory::{Act, Digest, Directory};
use crate::error::{Error, stored};

/// How many characters of a key tell it apart from others.
const SHOWN: usize = 9;

/// A key that was just made. Its secret is nowhere else.
#[derive(Debug)]
pub struct NewApiKey {
    /// The key.
    pub key: ApiKey,
    /// What a program sends.
    pub secret: SecretString,
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
struct Kept<'a> {
    name: &'a str,
    scopes: String,
    prefix: &'a str,
}

impl App {
    /// Makes a key. Its name is free, or was its predecessor's.
    pub async fn create_key(
        &self,
        caller: &Caller,
        name: Text,
        scopes: Scopes,
    ) -> Result<NewApiKey, Error> {
        caller.check(Scope::Admin)?;
        self.parts.directory.create_key(self.act(caller)?, name, scopes).await
    }

    /// Every key, newest first, revoked ones too.
    pub async fn list_keys(&self, caller: &Caller) -> Result<Vec<ApiKey>, Error> {
        caller.check(Scope::Admin)?;
        self.read(|tx| Box::pin(list(tx))).await?.into_iter().map(key).collect()
    }

    /// Revokes the key of that name: it works no more once this returns.
    pub async fn revoke_key(&self, caller: &Caller, name: Text) -> Result<(), Error> {
        caller.check(Scope::Admin)?;
        let revoked = self.parts.directory.revoke_key(self.act(caller)?, name).await;
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
        let text = format!("{KEY_PREFIX}{}", hex::encode(self.entropy().bytes::<32>()));
        let prefix: String = text.chars().take(SHOWN).collect();
        let secret = SecretString::from(text);
        let digest = self.digest(&secret);
        let new = Unsaved { name, scopes, prefix, digest };
        let key =
            self.write(move |tx| Box::pin(async move { insert(tx, &act, new).await })).await?;
        Ok(NewApiKey { key, secret })
    }

    /// Revokes the key of that name. A server elsewhere believes it for a
    /// second at most.
    pub async fn revoke_key(&self, act: Act, name: Text) -> Result<(), Error> {
        self.write(move |tx| Box::pin(async move { revoke(tx, &act, &name).await })).await
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
    let after = Kept { name: new.name.as_str(), scopes, prefix: &new.prefix };
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
    let before = Kept { name: name.as_str(), scopes, prefix: &live.prefix };
    note(tx, act, "api_keys.revoke", (Some(&before), None)).await
}

async fn note(
    tx: &mut Tx,
    act: &Act,
    action: &'static str,
    (before, after): (Option<&Kept<'_>>, Option<&Kept<'_>>),
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
