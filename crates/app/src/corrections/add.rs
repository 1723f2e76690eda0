//! Adding credits: a grant by an admin that never expires and cost nothing.

use domain::{IdempotencyKey, Scope, Source};
use ledger::{Command, command};

use super::{Correction, CorrectionRequest, ShowCorrection};
use crate::App;
use crate::callers::Caller;
use crate::charge::check_amount;
use crate::error::Error;
use crate::prepared::{Answer, Prepared, order};
use crate::wallets::Whose;

impl App {
    /// Adds credits.
    pub async fn add_credits(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: CorrectionRequest,
    ) -> Result<Answer<Correction>, Error> {
        caller.check(Scope::CreditsGrant)?;
        check_amount(request.amount)?;
        let whose = Whose::User(request.user);
        let holder = self.holder(caller, Scope::CreditsGrant, &whose).await?;
        let keyed = self.sealed(key.as_ref(), || request.canonical("add"));
        let grant = command::Grant::plain(holder.wallet, request.amount, Source::Admin);
        let order = self.with_reason(order(caller, keyed, Command::Grant(grant)), &request);
        self.carry_out(Prepared::order(order, ShowCorrection(holder.user))).await
    }
}
