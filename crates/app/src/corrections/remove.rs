//! Removing credits: no more than there are that no hold reserves.

use domain::IdempotencyKey;
use ledger::{Command, command};

use super::{Correction, CorrectionRequest, ShowCorrection};
use crate::App;
use crate::callers::Caller;
use crate::charge::check_amount;
use crate::error::Error;
use crate::prepared::{Answer, Prepared, order};

impl App {
    /// Takes credits away.
    pub async fn remove_credits(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: CorrectionRequest,
    ) -> Result<Answer<Correction>, Error> {
        if !caller.removes() {
            return Err(Error::Forbidden);
        }
        check_amount(request.amount)?;
        let (user, amount) = (request.user, request.amount);
        let wallet = self.wallet_of(user).await?;
        let keyed = self.sealed(key.as_ref(), || request.canonical("remove"));
        let remove = command::Remove { wallet, amount };
        let order = self.with_reason(order(caller, keyed, Command::Remove(remove)), &request);
        self.carry_out(Prepared::order(order, ShowCorrection(user))).await
    }
}
