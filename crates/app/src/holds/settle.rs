//! Extending, capturing and releasing holds.

use domain::{Credits, Description, HoldId, IdempotencyKey};
use ledger::{Command, command};

use super::placed::PlacedHold;
use super::{CaptureRequest, Captured, ExtendRequest, HoldView, micros};
use crate::App;
use crate::callers::Caller;
use crate::charge::{CaptureCharge, check_amount};
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::Committed;
use crate::prepared::{Answer, Prepared, Show, order};
use crate::prices::{chargeable, priced, used};
use crate::transactions::Transaction;
use crate::words::{self, Words};

/// A hold as a later record left it.
pub(crate) struct ShowSettled(PlacedHold);

impl Show for ShowSettled {
    type Value = HoldView;

    fn show(&self, committed: &Committed) -> Option<HoldView> {
        HoldView::after(self.0.as_placed(), &committed.record)
    }
}

/// A hold as a capture left it, with the capture.
pub(crate) struct ShowCapture(PlacedHold);

impl Show for ShowCapture {
    type Value = Captured;

    fn show(&self, committed: &Committed) -> Option<Captured> {
        let (record, words) = (&*committed.record, committed.words.as_deref());
        Some(Captured {
            hold: HoldView::after(self.0.as_placed(), record)?,
            transaction: Transaction::of(self.0.user, record, words)?,
        })
    }
}

impl App {
    /// Takes credits of a hold.
    pub async fn capture(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: CaptureRequest,
    ) -> Result<Answer<Captured>, Error> {
        let prepared = self.prepare_capture(caller, key.as_ref(), &request).await?;
        self.carry_out(prepared).await
    }

    /// Gives a hold back.
    pub async fn release(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        hold: HoldId,
    ) -> Result<Answer<HoldView>, Error> {
        let prepared = self.prepare_release(caller, key.as_ref(), hold).await?;
        self.carry_out(prepared).await
    }

    /// Moves a hold's expiry later.
    pub async fn extend(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        request: ExtendRequest,
    ) -> Result<Answer<HoldView>, Error> {
        let expires_in = micros(request.expires_in_s)?;
        let placed = self.hold_to_settle(caller, request.hold).await?;
        let canonical = || canonical("extend", request.hold).number("expires_in", expires_in);
        let keyed = self.sealed(key.as_ref(), canonical);
        let extend = command::Extend { wallet: placed.wallet, hold: placed.id, expires_in };
        let order = order(caller, keyed, Command::Extend(extend));
        self.carry_out(Prepared::order(order, ShowSettled(placed))).await
    }

    pub(crate) async fn prepare_release(
        &self,
        caller: &Caller,
        key: Option<&IdempotencyKey>,
        hold: HoldId,
    ) -> Result<Prepared<ShowSettled>, Error> {
        let placed = self.hold_to_settle(caller, hold).await?;
        let keyed = self.sealed(key, || canonical("release", hold));
        let release = command::Release { wallet: placed.wallet, hold };
        let order = order(caller, keyed, Command::Release(release));
        Ok(Prepared::order(order, ShowSettled(placed)))
    }

    pub(crate) async fn prepare_capture(
        &self,
        caller: &Caller,
        key: Option<&IdempotencyKey>,
        request: &CaptureRequest,
    ) -> Result<Prepared<ShowCapture>, Error> {
        if let CaptureCharge::Amount(amount) = request.charge {
            check_amount(amount)?;
        }
        let placed = self.hold_to_settle(caller, request.hold).await?;
        let (amount, quantities) = match &request.charge {
            CaptureCharge::Amount(amount) => (*amount, Vec::new()),
            CaptureCharge::Quantities(quantities) => {
                (self.price_capture(&placed, quantities).await?, used(quantities))
            }
        };
        let canonical = || {
            canonical("capture", request.hold)
                .capture(&request.charge)
                .text("completion", request.completion.as_str())
                .maybe_text("description", request.description.as_ref().map(Description::as_str))
        };
        let capture = command::Capture {
            wallet: placed.wallet,
            hold: placed.id,
            amount,
            quantities,
            completion: request.completion,
        };
        let mut order = order(caller, self.sealed(key, canonical), Command::Capture(capture));
        let authorized = &placed.recorded.record;
        order.labels.clone_from(&authorized.labels);
        order.subject.clone_from(&authorized.subject);
        order.words = self.capture_words(&placed, request)?;
        Ok(Prepared::order(order, ShowCapture(placed)))
    }

    /// What was used, at the price the hold was quoted.
    async fn price_capture(
        &self,
        placed: &PlacedHold,
        quantities: &domain::Quantities,
    ) -> Result<Credits, Error> {
        let unpriced = || Error::invalid("/quantities", "have no price: the hold names no service");
        let terms = placed.terms().ok_or(Error::NotFound)?;
        let (Some(service), Some(version)) = (&terms.service, terms.price_version) else {
            return Err(unpriced());
        };
        let price = self.price_version(service, version).await?.ok_or_else(unpriced)?;
        chargeable(&priced(&price, quantities)?)
    }

    /// A capture says what its hold says, so that the transaction explains
    /// itself; a description of its own goes before the hold's.
    fn capture_words(
        &self,
        placed: &PlacedHold,
        request: &CaptureRequest,
    ) -> Result<Option<ledger::Words>, Error> {
        let held = placed.recorded.words.as_deref().map(Words::read).unwrap_or_default();
        let said = held.description.as_deref().map(Description::parse).transpose();
        let said = said.map_err(Error::internal)?;
        let description = request.description.as_ref().or(said.as_ref());
        Ok(words::write(self.entropy(), description, held.metadata.as_ref()))
    }
}

fn canonical(operation: &str, hold: HoldId) -> Canonical {
    Canonical::of(operation).text("hold", &hold.to_string())
}
