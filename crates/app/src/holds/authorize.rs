//! Placing holds.

use domain::{IdempotencyKey, Scope, UserId};
use ledger::{Command, Operation, Usage, command};

use super::{HoldRequest, HoldView, Placed, micros};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::Committed;
use crate::prepared::{Answer, Prepared, Show, order};

/// A hold as the record that placed it left it.
pub(crate) struct ShowHold(UserId);

impl Show for ShowHold {
    type Value = HoldView;

    fn show(&self, committed: &Committed) -> Option<HoldView> {
        let (record, words) = (&*committed.record, committed.words.as_deref());
        HoldView::after(Placed { user: self.0, record, words }, record)
    }
}

impl App {
    /// Places a hold.
    pub async fn authorize(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: HoldRequest,
    ) -> Result<Answer<HoldView>, Error> {
        let prepared = self.prepare_hold(caller, key.as_ref(), &request).await?;
        self.carry_out(prepared).await
    }

    pub(crate) async fn prepare_hold(
        &self,
        caller: &Caller,
        key: Option<&IdempotencyKey>,
        request: &HoldRequest,
    ) -> Result<Prepared<ShowHold>, Error> {
        let HoldRequest { whose, charge, particulars, terms } = request;
        caller.check(Scope::CreditsSpend)?;
        self.check_charge(charge, particulars)?;
        let expires_in = micros(terms.expires_in_s)?;
        let holder = self.holder(caller, Scope::CreditsSpend, whose).await?;
        let show = ShowHold(holder.user);
        let keyed = self.sealed(key, || canonical(request));
        let charged = match self.charge(charge).await {
            Ok(charged) => charged,
            Err(error) => {
                let scope = (caller.actor(), Operation::Authorize, holder.wallet);
                let known = self.outcome_of(scope, keyed, error).await?;
                return Ok(Prepared::known(known, show));
            }
        };
        let authorize = command::Authorize {
            wallet: holder.wallet,
            amount: charged.amount,
            usage: Usage { price_version: charged.offered, ..charged.usage },
            expires_in,
            on_expiry: terms.on_expiry,
            over_capture: terms.over_capture,
            parent: terms.parent,
        };
        let order = order(caller, keyed, Command::Authorize(authorize));
        Ok(Prepared::order(self.with_particulars(order, particulars), show))
    }
}

fn canonical(request: &HoldRequest) -> Canonical {
    let terms = &request.terms;
    let parent = terms.parent.map(|parent| parent.to_string());
    Canonical::of("hold")
        .charge(&request.charge)
        .particulars(&request.particulars)
        .number("expires_in_s", terms.expires_in_s)
        .text("on_expiry", terms.on_expiry.as_str())
        .text("over_capture", terms.over_capture.as_str())
        .maybe_text("parent", parent.as_deref())
}
