//! What a payment bought: the grants that go back with its money.

use domain::settlement::BoughtGrant;
use domain::{Cents, Currency, GrantId, Time, UserId, WalletId};
use store::purchases::{self, Purchase, State};
use store::{Tx, Work};

use crate::error::Error;

/// A payment that is known.
#[derive(Clone, Debug)]
pub(super) struct Bought {
    pub(super) user: UserId,
    pub(super) wallet: WalletId,
    pub(super) paid: Cents,
    pub(super) currency: Currency,
    pub(super) at: Time,
    /// The paid grant first; none until the credits are there.
    pub(super) grants: Vec<BoughtGrant>,
}

/// What a payment bought, if it is one of ours.
pub(super) fn find<'t>(tx: &'t mut Tx, intent: &'t str) -> Work<'t, Option<Bought>, Error> {
    Box::pin(async move {
        let purchase = tx.opt(purchases::by_intent(intent)).await?;
        purchase.as_ref().map(of_purchase).transpose()
    })
}

fn of_purchase(purchase: &Purchase) -> Result<Bought, Error> {
    let of = &purchase.of;
    let granted = purchase.seq.filter(|_| purchase.state == State::Done);
    let grant = |seq| BoughtGrant { id: GrantId { seq, ordinal: 1 }, amount: of.credits };
    let currency = Currency::parse(&of.currency);
    Ok(Bought {
        user: UserId::from_number(of.user_id),
        wallet: of.wallet_id,
        paid: Cents::from_count(of.cents),
        currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
        at: of.created_at,
        grants: granted.map(grant).into_iter().collect(),
    })
}
