//! Whose credits: from a user to their wallet and back. What belongs to whom
//! never changes, so what was found once is known for ever.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use domain::{Actor, Scope, Text, UserId, WalletId};
use ledger::{Command, Order, Owner, command};
use store::users;

use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::fingerprint::Canonical;

/// What a wallet counts.
const UNIT: &str = "credit";

/// Whose credits a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The caller's own.
    Caller,
    /// A user's.
    User(UserId),
    /// Those of the user with that id in the caller's system.
    External(Text),
}

/// A user with their wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) user: UserId,
    pub(crate) wallet: WalletId,
}

/// Users and wallets that were found before.
#[derive(Default)]
pub(crate) struct Wallets(RwLock<Known>);

#[derive(Default)]
struct Known {
    by_user: HashMap<UserId, WalletId>,
    by_wallet: HashMap<WalletId, UserId>,
}

impl Wallets {
    fn of(&self, user: UserId) -> Option<WalletId> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.by_user.get(&user).copied()
    }

    fn owner(&self, wallet: WalletId) -> Option<UserId> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.by_wallet.get(&wallet).copied()
    }

    fn keep(&self, Holder { user, wallet }: Holder) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.by_user.insert(user, wallet);
        known.by_wallet.insert(wallet, user);
    }
}

impl App {
    /// The user a request is about, if the caller may do that to them.
    pub(crate) async fn holder(
        &self,
        caller: &Caller,
        scope: Scope,
        whose: &Whose,
    ) -> Result<Holder, Error> {
        caller.check(scope)?;
        let user = match whose {
            Whose::Caller => caller.user().ok_or_else(|| {
                Error::invalid("/user_id", "is missing: this caller has no credits of its own")
            })?,
            Whose::User(user) => *user,
            Whose::External(id) => match self.user_by_external_id(id).await? {
                Some(user) => user,
                None if caller.reaches(scope) => return Err(Error::NotFound),
                // Whether there is such a user is not for customers to know.
                None => return Err(Error::Forbidden),
            },
        };
        if !caller.may(scope, user) {
            return Err(Error::Forbidden);
        }
        Ok(Holder { user, wallet: self.wallet_of(user).await? })
    }

    async fn user_by_external_id(&self, id: &Text) -> Result<Option<UserId>, Error> {
        let found = self.opt(users::by_external_id(id.as_str())).await?;
        Ok(found.map(|row| UserId::from_number(row.id)))
    }

    /// A user's wallet; opened now if it was not yet.
    pub(crate) async fn wallet_of(&self, user: UserId) -> Result<WalletId, Error> {
        if let Some(wallet) = self.parts.wallets.of(user) {
            return Ok(wallet);
        }
        let row = self.opt(users::by_id(user.number())).await?.ok_or(Error::NotFound)?;
        let wallet = match row.wallet_id {
            Some(wallet) => wallet,
            None => self.open_wallet(user).await?,
        };
        self.parts.wallets.keep(Holder { user, wallet });
        Ok(wallet)
    }

    /// Opens a user's wallet, once for ever: the command's key is the user.
    async fn open_wallet(&self, user: UserId) -> Result<WalletId, Error> {
        let unit = Text::parse(UNIT).map_err(Error::internal)?;
        let open = command::Open { owner: Owner::User(user.number()), unit };
        let key = Text::parse(&format!("user:{user}")).map_err(Error::internal)?;
        let fingerprint = Canonical::of("open").number("user", user.number());
        let fingerprint = fingerprint.seal(&self.ledger().book().fingerprint_secret);
        let order = Order {
            key: Some((key, fingerprint)),
            ..Order::bare(Actor::System, Command::Open(open))
        };
        let opened = self.ledger().submit(order).await?;
        let wallet = opened.record.wallet;
        let wallet = wallet.ok_or_else(|| Error::internal("an opened wallet has no id"))?;
        self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where the same wallet was kept a moment ago.
                let kept = tx.exec(users::set_wallet(user.number(), wallet)).await?;
                Ok(kept.at_most_one().map(drop)?)
            })
        })
        .await?;
        Ok(wallet)
    }

    /// The user whose wallet it is.
    pub(crate) async fn owner_of(&self, wallet: WalletId) -> Result<UserId, Error> {
        if let Some(user) = self.parts.wallets.owner(wallet) {
            return Ok(user);
        }
        let Owner::User(user) = self.ledger().wallet(wallet).await?.wallet.owner;
        let user = UserId::from_number(user);
        self.parts.wallets.keep(Holder { user, wallet });
        Ok(user)
    }
}
