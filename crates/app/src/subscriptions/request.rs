//! What every request about a subscription begins and ends with.

use std::sync::Arc;

use domain::{IdempotencyKey, Scope};
use ledger::Wallet;
use serde::Serialize;
use store::Tx;

use super::kept::Kept;
use super::outcome::{Asked, Outcome};
use super::view::SubscriptionView;
use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::How;
use crate::prepared::Answer;
use crate::wallets::{Holder, Whose};

impl App {
    /// Whose subscription a request is about: its owner may turn it, and so may
    /// whoever may give or spend their credits.
    pub(super) async fn subscriber(&self, caller: &Caller, whose: &Whose) -> Result<Holder, Error> {
        let gives = caller.reaches(Scope::CreditsGrant);
        let scope = if gives { Scope::CreditsGrant } else { Scope::CreditsSpend };
        self.holder(caller, scope, whose).await
    }

    pub(super) fn asked(
        &self,
        caller: &Caller,
        holder: Holder,
        (operation, key): (&'static str, IdempotencyKey),
        said: Canonical,
    ) -> Result<Asked, Error> {
        let said = said.number("user", holder.user.number());
        let keyed = self.keyed(operation, key, said);
        let is_own = caller.user() == Some(holder.user);
        Ok(Asked { act: self.act(caller)?, keyed, holder, is_own })
    }

    /// What a key came to before.
    pub(super) async fn find_outcome(&self, asked: &Asked) -> Result<Option<Outcome>, Error> {
        let asked = asked.clone();
        self.read(move |tx| Box::pin(async move { asked.find(tx).await })).await
    }

    /// A wallet with what is due settled.
    pub(super) async fn wallet(&self, holder: Holder) -> Result<Arc<Wallet>, Error> {
        Ok(self.ledger().wallet(holder.wallet).await?.wallet)
    }

    /// Has steps taken that are due; the job takes what can't be taken now.
    pub(super) async fn sync_soon(&self, id: domain::SubscriptionId) {
        if let Err(error) = self.sync_subscription(id).await {
            tracing::warn!(%error, subscription = id.number(), "subscriptions.not_synced");
        }
    }

    /// Keeps a subscription as it is now for the answer of a key, and answers.
    pub(super) async fn keep_outcome(
        &self,
        asked: Asked,
        id: domain::SubscriptionId,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let wallet = self.wallet(asked.holder).await?;
        let view = self.write(move |tx| {
            Box::pin(async move {
                let view = SubscriptionView::find(tx, id, &wallet).await?;
                asked.finish(tx, &Outcome::done(&view)).await?;
                Ok(view)
            })
        });
        Ok(Answer { value: view.await?, how: How::Applied })
    }
}

/// A subscription, as the audit log keeps it.
#[derive(Serialize)]
struct Noted {
    subscription: i64,
    package: i64,
    version: i64,
    status: &'static str,
    then: Option<&'static str>,
}

/// What somebody did to another's subscription.
pub(super) async fn note(tx: &mut Tx, asked: &Asked, kept: &Kept) -> Result<(), Error> {
    if asked.is_own {
        return Ok(());
    }
    let after = Noted {
        subscription: kept.row.id,
        package: kept.plan.package.number(),
        version: kept.plan.version,
        status: kept.stage.status().as_str(),
        then: kept.stage.then().map(domain::Then::as_str),
    };
    let subject = format!("user:{}", kept.row.user_id);
    let deed = Deed { action: asked.keyed.operation, subject, before: None, after: Some(&after) };
    audit::note(tx, &asked.act, deed).await
}
