//! Grants: credits come into being, for a reason and often for a while.

mod view;

use domain::{
    Cost, Credits, Description, GrantStatus, IdempotencyKey, Scope, Source, Time, UserId,
};
use ledger::{Command, command};
use store::projections::{self, GrantFilter};

use crate::App;
use crate::callers::Caller;
use crate::charge::check_amount;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::Committed;
use crate::page::{Listed, Page};
use crate::prepared::{Answer, Prepared, Show, order};
use crate::wallets::Whose;
use crate::words;

pub use view::GrantView;

/// A grant that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRequest {
    /// To whom.
    pub whose: Whose,
    /// How much.
    pub amount: Credits,
    /// Where from.
    pub source: Source,
    /// In words.
    pub description: Description,
    /// How it burns and when it ends.
    pub terms: GrantRequestTerms,
}

/// How a grant burns and when it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantRequestTerms {
    /// 0..=100, lower burns first; 50 where nothing is said.
    pub priority: Option<i64>,
    /// Not spendable before; at once where nothing is said.
    pub effective_at: Option<Time>,
    /// Not spendable from then; never expires where nothing is said.
    pub expires_at: Option<Time>,
    /// What all of it cost.
    pub cost: Option<Cost>,
}

/// A grant as its record made it.
pub(crate) struct ShowGrant(UserId);

impl Show for ShowGrant {
    type Value = GrantView;

    fn show(&self, committed: &Committed) -> Option<GrantView> {
        GrantView::made_by(self.0, &committed.record)
    }
}

impl App {
    /// Makes a grant.
    pub async fn grant(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: GrantRequest,
    ) -> Result<Answer<GrantView>, Error> {
        let prepared = self.prepare_grant(caller, key.as_ref(), &request).await?;
        self.carry_out(prepared).await
    }

    pub(crate) async fn prepare_grant(
        &self,
        caller: &Caller,
        key: Option<&IdempotencyKey>,
        request: &GrantRequest,
    ) -> Result<Prepared<ShowGrant>, Error> {
        caller.check(Scope::CreditsGrant)?;
        check(request)?;
        let holder = self.holder(caller, Scope::CreditsGrant, &request.whose).await?;
        let terms = &request.terms;
        let plain = command::Grant::plain(holder.wallet, request.amount, request.source);
        let grant = command::Grant {
            priority: terms.priority.unwrap_or(plain.priority),
            effective_at: terms.effective_at,
            expires_at: terms.expires_at,
            cost: terms.cost,
            ..plain
        };
        let keyed = self.sealed(key, || canonical(request));
        let mut order = order(caller, keyed, Command::Grant(grant));
        order.words = words::write(self.entropy(), Some(&request.description), None);
        Ok(Prepared::order(order, ShowGrant(holder.user)))
    }

    /// Grants, newest first.
    pub async fn list_grants(
        &self,
        caller: &Caller,
        whose: Whose,
        status: Option<GrantStatus>,
        page: Page,
    ) -> Result<Listed<GrantView>, Error> {
        let holder = self.holder(caller, Scope::CreditsRead, &whose).await?;
        let at = self.ledger().wallet(holder.wallet).await?.now;
        self.ledger().projected().await?;
        let filter = GrantFilter { status, at };
        let (total, grants) = self
            .read(move |tx| {
                Box::pin(async move {
                    let total = projections::count_grants(tx, holder.wallet, filter).await?;
                    let rows = page.rows();
                    Ok((total, projections::list_grants(tx, holder.wallet, filter, rows).await?))
                })
            })
            .await?;
        let view = |grant| GrantView::of(holder.user, &grant, at);
        Ok(Listed { items: grants.into_iter().map(view).collect(), total, page })
    }
}

/// What of a request is wrong whatever is in the ledger.
fn check(request: &GrantRequest) -> Result<(), Error> {
    check_amount(request.amount)?;
    let terms = &request.terms;
    if terms.priority.is_some_and(|priority| !(0..=100).contains(&priority)) {
        return Err(Error::invalid("/priority", "is not 0 to 100"));
    }
    match (terms.effective_at, terms.expires_at) {
        (Some(start), Some(end)) if end <= start => {
            Err(Error::invalid("/expires_at", "is not later than effective_at"))
        }
        _ => Ok(()),
    }
}

fn canonical(request: &GrantRequest) -> Canonical {
    let terms = &request.terms;
    let cost = terms.cost.as_ref();
    Canonical::of("grant")
        .number("amount", request.amount.micros())
        .text("source", request.source.as_str())
        .text("description", request.description.as_str())
        .maybe_number("priority", terms.priority)
        .maybe_number("effective_at", terms.effective_at.map(Time::micros))
        .maybe_number("expires_at", terms.expires_at.map(Time::micros))
        .maybe_number("cost", cost.map(|cost| cost.micro_cents))
        .maybe_text("currency", cost.map(|cost| cost.currency.as_str()))
}
