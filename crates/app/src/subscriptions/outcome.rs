//! What a key of the caller's came to: a subscription as it was then, or a refusal
//! for ever. Until it came to either, a retry takes the steps that are left.

use domain::{Limit, Refusal, Status, TransitionError};
use ledger::Wallet;
use serde::{Deserialize, Serialize};
use store::Tx;

use super::SubscriptionRefusal;
use super::stored::Stored;
use super::view::SubscriptionView;
use crate::directory::Act;
use crate::error::Error;
use crate::ledger::{How, SubmitError};
use crate::prepared::Answer;
use crate::purchases::is_full;
use crate::requests::Keyed;
use crate::wallets::Holder;

/// What a key came to.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// This.
    Done(Box<Stored>),
    /// There was one already.
    Exists,
    /// It could not be that from where it stood.
    State(String),
    /// The account was paused.
    Paused,
    /// It was suspended.
    Suspended,
    /// The wallet had no room for another grant.
    Full,
}

/// A keyed request about somebody's subscription.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) act: Act,
    pub(super) keyed: Keyed,
    pub(super) holder: Holder,
    /// Whether who asks is whose subscription it is.
    pub(super) is_own: bool,
}

impl Outcome {
    pub(super) fn done(view: &SubscriptionView) -> Self {
        Self::Done(Box::new(Stored::of(view)))
    }

    pub(super) fn of(refusal: SubscriptionRefusal) -> Self {
        match refusal {
            SubscriptionRefusal::Exists => Self::Exists,
            SubscriptionRefusal::State(error) => Self::State(error.to_string()),
        }
    }

    /// Of a wallet that takes no purchase.
    pub(super) fn of_wallet(wallet: &Wallet) -> Option<Self> {
        match wallet.balances.status {
            Status::Active => is_full(wallet).then_some(Self::Full),
            Status::Paused => Some(Self::Paused),
            Status::Suspended => Some(Self::Suspended),
        }
    }

    /// As it is answered.
    pub(super) fn answer(self, how: How) -> Result<Answer<SubscriptionView>, Error> {
        let account = |refusal| Err(SubmitError::Refused { refusal, how }.into());
        let refused = |refusal| Err(Error::Subscription { refusal, how });
        match self {
            Self::Done(stored) => Ok(Answer { value: stored.into_view()?, how }),
            Self::Exists => refused(SubscriptionRefusal::Exists),
            Self::State(words) => {
                let error = TransitionError::ALL.into_iter().find(|it| it.to_string() == words);
                let error = error.ok_or_else(|| Error::internal("a stored refusal is none"))?;
                refused(SubscriptionRefusal::State(error))
            }
            Self::Paused => account(Refusal::Paused),
            Self::Suspended => account(Refusal::Suspended),
            Self::Full => account(Refusal::Limit(Limit::OpenGrants)),
        }
    }
}

impl Asked {
    /// What a key is unique in: who asks, and for whom.
    pub(super) fn scope(&self) -> String {
        format!("{} wallet:{}", self.act.actor, self.holder.wallet.number())
    }

    /// The key, where a row is found by it.
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.keyed.operation, self.keyed.key.as_str())
    }

    /// What its key came to before; `None` for a new one, and for one that is not
    /// done.
    pub(super) async fn begin(&self, tx: &mut Tx) -> Result<Option<Outcome>, Error> {
        let scope = self.scope();
        let row = self.keyed.row(&scope);
        let fingerprint = &self.keyed.fingerprint.0;
        let begun = store::requests::begin(row, fingerprint, self.act.at);
        if tx.exec(begun).await?.at_most_one()? {
            return Ok(None);
        }
        let seen = tx.one(store::requests::find(row)).await?;
        if seen.fingerprint != fingerprint {
            return Err(Error::KeyReused);
        }
        parsed(seen.answer)
    }

    /// What its key came to before, where nothing is begun.
    pub(super) async fn find(&self, tx: &mut Tx) -> Result<Option<Outcome>, Error> {
        let scope = self.scope();
        let seen = tx.opt(store::requests::find(self.keyed.row(&scope))).await?;
        match seen {
            Some(seen) if seen.fingerprint != self.keyed.fingerprint.0 => Err(Error::KeyReused),
            seen => parsed(seen.and_then(|seen| seen.answer)),
        }
    }

    /// Keeps what it came to, unless somebody else did.
    pub(super) async fn finish(&self, tx: &mut Tx, outcome: &Outcome) -> Result<(), Error> {
        let answer = serde_json::to_string(outcome).map_err(Error::internal)?;
        let scope = self.scope();
        let finish = store::requests::finish(self.keyed.row(&scope), &answer);
        Ok(tx.exec(finish).await?.at_most_one().map(drop)?)
    }
}

fn parsed(answer: Option<String>) -> Result<Option<Outcome>, Error> {
    answer.map(|answer| serde_json::from_str(&answer)).transpose().map_err(Error::internal)
}
