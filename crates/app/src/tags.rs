//! The tags on users: groups that staff make.

use std::collections::BTreeSet;

use domain::{IdempotencyKey, ParseError, Scope, Tag, UserId};
use store::{Tx, tags, users};

use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::Act;
use crate::error::{Error, stored};
use crate::fingerprint::Canonical;
use crate::ledger::How;
use crate::prepared::Answer;
use crate::requests::{self, Keyed};

/// The operation in a key's scope, and the action in the audit log.
const OPERATION: &str = "users.tag";

impl App {
    /// The tags on a user.
    pub async fn get_tags(&self, caller: &Caller, user: UserId) -> Result<BTreeSet<Tag>, Error> {
        caller.check(Scope::Admin)?;
        self.read(move |tx| Box::pin(find(tx, user))).await
    }

    /// Puts these tags on a user in place of those that were.
    pub async fn set_tags(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        user: UserId,
        tags: BTreeSet<Tag>,
    ) -> Result<Answer<BTreeSet<Tag>>, Error> {
        caller.check(Scope::Admin)?;
        let said = Canonical::of(OPERATION).number("id", user.number());
        let said = tags.iter().fold(said, |said, tag| said.text("tag", tag.as_str()));
        let keyed = key.map(|key| self.keyed(OPERATION, key, said));
        let act = self.act(caller)?;
        self.write(move |tx| {
            Box::pin(async move { keyed_set(tx, &act, keyed.as_ref(), (user, tags)).await })
        })
        .await
    }
}

async fn keyed_set(
    tx: &mut Tx,
    act: &Act,
    keyed: Option<&Keyed>,
    (user, after): (UserId, BTreeSet<Tag>),
) -> Result<Answer<BTreeSet<Tag>>, Error> {
    if let Some(kept) = requests::begin::<Vec<String>>(tx, act, keyed).await? {
        return Ok(Answer { value: parse(&kept)?, how: How::Replayed });
    }
    let before = find(tx, user).await?;
    let words = (words(&before), words(&after));
    if before != after {
        tags::set(tx, user.number(), &words.1).await?;
        let subject = format!("user:{user}");
        let (before, after) = (Some(&words.0), Some(&words.1));
        audit::note(tx, act, Deed { action: OPERATION, subject, before, after }).await?;
    }
    requests::finish(tx, act, keyed, &words.1).await?;
    Ok(Answer { value: after, how: How::Applied })
}

async fn find(tx: &mut Tx, user: UserId) -> Result<BTreeSet<Tag>, Error> {
    if tx.opt(users::by_id(user.number())).await?.is_none() {
        return Err(Error::NotFound);
    }
    of(tx, user).await
}

/// The tags on a user there is.
pub(crate) async fn of(tx: &mut Tx, user: UserId) -> Result<BTreeSet<Tag>, Error> {
    parse(&tx.all(tags::list(user.number())).await?)
}

fn parse(words: &[String]) -> Result<BTreeSet<Tag>, Error> {
    let tags: Result<_, ParseError> = words.iter().map(|word| Tag::parse(word)).collect();
    tags.map_err(stored("tag"))
}

fn words(tags: &BTreeSet<Tag>) -> Vec<String> {
    tags.iter().map(ToString::to_string).collect()
}
