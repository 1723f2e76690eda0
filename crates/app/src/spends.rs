//! Spends: credits leave at once.

use domain::{IdempotencyKey, Scope, UserId};
use ledger::{Command, Operation, Order, command};

use crate::App;
use crate::callers::Caller;
use crate::charge::{Charge, Particulars};
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::Committed;
use crate::prepared::{Answer, Prepared, Show, order};
use crate::transactions::Transaction;
use crate::wallets::Whose;
use crate::words;

/// A spend that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendRequest {
    /// Whose credits.
    pub whose: Whose,
    /// How many, or for what.
    pub charge: Charge,
    /// What it says beside.
    pub particulars: Particulars,
}

/// A spend is shown as its transaction.
pub(crate) struct ShowSpend(UserId);

impl Show for ShowSpend {
    type Value = Transaction;

    fn show(&self, committed: &Committed) -> Option<Transaction> {
        Transaction::of(self.0, &committed.record, committed.words.as_deref())
    }
}

impl App {
    /// Spends credits.
    pub async fn spend(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: SpendRequest,
    ) -> Result<Answer<Transaction>, Error> {
        let prepared = self.prepare_spend(caller, key.as_ref(), &request).await?;
        self.carry_out(prepared).await
    }

    pub(crate) async fn prepare_spend(
        &self,
        caller: &Caller,
        key: Option<&IdempotencyKey>,
        request: &SpendRequest,
    ) -> Result<Prepared<ShowSpend>, Error> {
        let SpendRequest { whose, charge, particulars } = request;
        caller.check(Scope::CreditsSpend)?;
        self.check_charge(charge, particulars)?;
        let holder = self.holder(caller, Scope::CreditsSpend, whose).await?;
        let show = ShowSpend(holder.user);
        let canonical = || Canonical::of("spend").charge(charge).particulars(particulars);
        let keyed = self.sealed(key, canonical);
        let charged = match self.charge(charge).await {
            Ok(charged) => charged,
            Err(error) => {
                let scope = (caller.actor(), Operation::Spend, holder.wallet);
                let known = self.outcome_of(scope, keyed, error).await?;
                return Ok(Prepared::known(known, show));
            }
        };
        let spend =
            command::Spend { wallet: holder.wallet, amount: charged.amount, usage: charged.usage };
        let order = order(caller, keyed, Command::Spend(spend));
        Ok(Prepared::order(self.with_particulars(order, particulars), show))
    }

    /// An order that says what its request says beside.
    pub(crate) fn with_particulars(&self, order: Order, particulars: &Particulars) -> Order {
        let (description, metadata) =
            (particulars.description.as_ref(), particulars.metadata.as_ref());
        Order {
            occurred_at: particulars.occurred_at,
            job: particulars.job.clone(),
            labels: particulars.labels.to_pairs(),
            words: words::write(self.entropy(), description, metadata),
            ..order
        }
    }
}
