//! Making and changing users.

use domain::{IdempotencyKey, Role, Scope, User, UserId};
use store::{Constraint, OnConstraint, Tx, users};

use super::admins::check_role;
use super::row::{Kept, row, user};
use super::{Change, NewUser, UserPatch};
use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::{Act, Directory};
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::How;
use crate::prepared::Answer;
use crate::requests::{self, Keyed};

impl App {
    /// Makes a user, or brings the one with that external id up to date, and
    /// opens their wallet.
    pub async fn create_user(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        new: NewUser,
    ) -> Result<Answer<User>, Error> {
        caller.check(Scope::Admin)?;
        let keyed = key.map(|key| self.keyed("users.create", key, canonical(&new)));
        let demotes = self.demotes(&new).await?;
        let _turn = if demotes { Some(self.turn_to_demote().await?) } else { None };
        let act = self.act(caller)?;
        let answer = self.parts.directory.put_user(act, keyed, new).await?;
        // Who is less now must not have a moment left to undo it.
        self.parts.keys.forget();
        self.open_wallet_of(answer.value.id).await;
        Ok(answer)
    }

    /// Opens the wallet of a user that is made. If it can't be opened now it is
    /// when it is first needed.
    pub(crate) async fn open_wallet_of(&self, user: UserId) {
        if let Err(error) = self.wallet_of(user).await {
            tracing::warn!(%error, user = user.number(), "users.wallet_not_opened");
        }
    }

    /// Changes a user.
    pub async fn update_user(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        id: UserId,
        patch: UserPatch,
    ) -> Result<Answer<User>, Error> {
        caller.check(Scope::Admin)?;
        let keyed = key.map(|key| self.keyed("users.update", key, canonical_patch(id, &patch)));
        let _turn = match patch.role {
            None | Some(Role::Admin) => None,
            Some(_) => Some(self.turn_to_demote().await?),
        };
        let act = self.act(caller)?;
        let answer = self.write(move |tx| {
            Box::pin(async move { patch_user(tx, &act, keyed.as_ref(), (id, patch)).await })
        });
        let answer = answer.await;
        self.parts.keys.forget();
        answer
    }

    /// Whether bringing a user up to date makes an admin less than that.
    async fn demotes(&self, new: &NewUser) -> Result<bool, Error> {
        let (Some(id), false) = (new.external_id.clone(), new.role == Role::Admin) else {
            return Ok(false);
        };
        let before = self.opt(users::by_external_id(id.as_str())).await?;
        Ok(before.is_some_and(|row| row.role == Role::Admin.as_str()))
    }

    /// The key of a mutation beside the ledger.
    pub(crate) fn keyed(
        &self,
        operation: &'static str,
        key: IdempotencyKey,
        request: Canonical,
    ) -> Keyed {
        let fingerprint = request.seal(&self.ledger().book().fingerprint_secret);
        Keyed { operation, key, fingerprint }
    }
}

impl Directory {
    /// Makes a user, or brings the one with that external id up to date. Their
    /// wallet is opened when they first need it.
    pub async fn create_user(&self, act: Act, new: NewUser) -> Result<User, Error> {
        self.put_user(act, None, new).await.map(|answer| answer.value)
    }

    async fn put_user(
        &self,
        act: Act,
        keyed: Option<Keyed>,
        new: NewUser,
    ) -> Result<Answer<User>, Error> {
        self.write(move |tx| {
            Box::pin(async move { put_user(tx, &act, keyed.as_ref(), &new).await })
        })
        .await
    }
}

async fn put_user(
    tx: &mut Tx,
    act: &Act,
    keyed: Option<&Keyed>,
    new: &NewUser,
) -> Result<Answer<User>, Error> {
    if let Some(kept) = requests::begin::<Kept>(tx, act, keyed).await? {
        return Ok(Answer { value: kept.into_user()?, how: How::Replayed });
    }
    let before = match &new.external_id {
        Some(id) => {
            tx.opt(users::by_external_id(id.as_str())).await?.as_ref().map(user).transpose()?
        }
        None => None,
    };
    let made = match before {
        None => insert(tx, act, new).await?,
        Some(before) => {
            let patch = UserPatch {
                email: Some(new.email.clone()),
                name: Some(new.name.clone()),
                role: Some(new.role),
                external_id: Change::Keep,
            };
            let made = change(tx, act, before, patch).await?;
            if let Some(hash) = new.password_hash.as_deref() {
                let set = users::set_password(made.id.number(), Some(hash), act.at);
                tx.exec(set).await?.expect_one()?;
            }
            made
        }
    };
    requests::finish(tx, act, keyed, &Kept::of(&made)).await?;
    Ok(Answer { value: made, how: How::Applied })
}

/// Makes a user.
pub(crate) async fn insert(tx: &mut Tx, act: &Act, new: &NewUser) -> Result<User, Error> {
    let row = users::NewUser {
        email: new.email.as_str(),
        name: new.name.as_str(),
        role: new.role.as_str(),
        external_id: new.external_id.as_ref().map(domain::Text::as_str),
        password_hash: new.password_hash.as_deref(),
        created_at: act.at,
    };
    let id = named(tx.one(users::insert(&row)).await)?;
    let made = User {
        id: UserId::from_number(id),
        email: new.email.clone(),
        name: new.name.clone(),
        role: new.role,
        external_id: new.external_id.clone(),
        wallet: None,
        created_at: act.at,
        updated_at: act.at,
    };
    note(tx, act, "users.create", (None, &made)).await?;
    Ok(made)
}

async fn patch_user(
    tx: &mut Tx,
    act: &Act,
    keyed: Option<&Keyed>,
    (id, patch): (UserId, UserPatch),
) -> Result<Answer<User>, Error> {
    if let Some(kept) = requests::begin::<Kept>(tx, act, keyed).await? {
        return Ok(Answer { value: kept.into_user()?, how: How::Replayed });
    }
    let before = tx.opt(users::by_id(id.number())).await?.ok_or(Error::NotFound)?;
    let made = change(tx, act, user(&before)?, patch).await?;
    requests::finish(tx, act, keyed, &Kept::of(&made)).await?;
    Ok(Answer { value: made, how: How::Applied })
}

/// Writes a change, unless there is none.
async fn change(tx: &mut Tx, act: &Act, before: User, patch: UserPatch) -> Result<User, Error> {
    let mut after = before.clone();
    after.email = patch.email.unwrap_or(after.email);
    after.name = patch.name.unwrap_or(after.name);
    after.role = patch.role.unwrap_or(after.role);
    after.external_id = patch.external_id.apply(after.external_id);
    if after == before {
        return Ok(after);
    }
    check_role(tx, &before, &after).await?;
    after.updated_at = act.at;
    named(tx.exec(users::update(&row(&after))).await)?.expect_one()?;
    note(tx, act, "users.update", (Some(&before), &after)).await?;
    Ok(after)
}

async fn note(
    tx: &mut Tx,
    act: &Act,
    action: &'static str,
    (before, after): (Option<&User>, &User),
) -> Result<(), Error> {
    let subject = format!("user:{}", after.id);
    let (before, after) = (before.map(Kept::of), Kept::of(after));
    let deed = Deed { action, subject, before: before.as_ref(), after: Some(&after) };
    audit::note(tx, act, deed).await
}

/// What a broken constraint means to who asked.
fn named<T>(done: Result<T, store::Error>) -> Result<T, Error> {
    let taken = |pointer| Error::invalid(pointer, "is another user's");
    match done {
        Err(store::Error::Constraint(Constraint::UserEmail)) => Err(taken("/email")),
        other => other.on(Constraint::UserExternalId, || taken("/external_id")),
    }
}

fn canonical(new: &NewUser) -> Canonical {
    Canonical::of("users.create")
        .text("email", new.email.as_str())
        .text("name", new.name.as_str())
        .text("role", new.role.as_str())
        .maybe_text("external_id", new.external_id.as_ref().map(domain::Text::as_str))
}

fn canonical_patch(id: UserId, patch: &UserPatch) -> Canonical {
    let canonical = Canonical::of("users.update")
        .number("id", id.number())
        .maybe_text("email", patch.email.as_ref().map(domain::Email::as_str))
        .maybe_text("name", patch.name.as_ref().map(domain::Text::as_str))
        .maybe_text("role", patch.role.map(domain::Role::as_str));
    match &patch.external_id {
        Change::Keep => canonical,
        Change::Clear => canonical.text("external_id_cleared", ""),
        Change::Set(id) => canonical.text("external_id", id.as_str()),
    }
}
