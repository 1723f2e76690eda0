//! What a payment bought: the grants that go back with its money.

use domain::settlement::BoughtGrant;
use domain::{Cents, Credits, Currency, GrantId, Time, UserId, WalletId};
use store::purchases::{self, Purchase, State};
use store::redemptions::{self, Redemption};
use store::subscription_periods::{self, Period};
use store::subscriptions::{self, Subscription};
use store::{Tx, Work, projections};

use crate::error::Error;

/// A payment that is known.
#[derive(Clone, Debug)]
pub(super) struct Bought {
    pub(super) user: UserId,
    pub(super) wallet: WalletId,
    pub(super) paid: Cents,
    pub(super) currency: Currency,
    pub(super) at: Time,
    /// Whether nothing comes of it: what came in was not what was asked for.
    pub(super) has_failed: bool,
    /// The paid grant first, then its bonus; none until the paid one is there.
    pub(super) grants: Vec<BoughtGrant>,
    /// What expired of the paid one and was given anew.
    pub(super) rolled: Option<BoughtGrant>,
    /// Whether a bonus, or what rolls over, is to come, which will go back as well.
    pub(super) lacks_bonus: bool,
}

/// What a payment bought, if it is one of ours.
pub(super) fn find<'t>(tx: &'t mut Tx, intent: &'t str) -> Work<'t, Option<Bought>, Error> {
    Box::pin(async move {
        if let Some(purchase) = tx.opt(purchases::by_intent(intent)).await? {
            let mut bought = of_purchase(&purchase)?;
            let promotion = tx.opt(redemptions::by_purchase(purchase.id)).await?;
            if let Some(bonus) = promotion.filter(|it| it.of.credits.is_positive()) {
                bought.add(&bonus);
            }
            return Ok(Some(bought));
        }
        let Some(period) = tx.opt(subscription_periods::by_payment(intent)).await? else {
            return Ok(None);
        };
        let subscription = tx.one(subscriptions::by_id(period.subscription_id)).await?;
        let mut bought = of_period(&subscription, &period)?;
        bought.add_rollover(tx, &period).await?;
        Ok(Some(bought))
    })
}

impl Bought {
    fn add(&mut self, bonus: &Redemption) {
        match (bonus.state, bonus.seq) {
            (redemptions::State::Used, Some(seq)) if !self.grants.is_empty() => {
                let id = GrantId { seq, ordinal: 1 };
                self.grants.push(BoughtGrant { id, amount: bonus.of.credits });
            }
            (redemptions::State::Reserved | redemptions::State::Granting, _) => {
                self.lacks_bonus = true;
            }
            _ => {}
        }
    }

    /// What of it expired at its end and was given anew at the start of the next month.
    async fn add_rollover(&mut self, tx: &mut Tx, of: &Period) -> Result<(), Error> {
        let (Some(seq), Some(end)) = (of.seq, of.expires_at) else { return Ok(()) };
        let next = tx.opt(subscription_periods::at(of.subscription_id, end)).await?;
        let Some(next) = next.filter(|next| next.rollover.is_positive()) else { return Ok(()) };
        let own = projections::find_grant(tx, GrantId { seq, ordinal: 1 }).await?;
        let expired = own.map_or(Credits::ZERO, |own| own.state.expired);
        match next.rollover_seq {
            Some(seq) => {
                let id = GrantId { seq, ordinal: 1 };
                self.rolled = Some(BoughtGrant { id, amount: expired.min(next.rollover) });
            }
            None if next.state == subscription_periods::State::Granting => self.lacks_bonus = true,
            None => {}
        }
        Ok(())
    }
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
        has_failed: purchase.state == State::Failed,
        grants: granted.map(grant).into_iter().collect(),
        rolled: None,
        lacks_bonus: false,
    })
}

/// A month, or the rest of one by an upgrade. What rolled over at its start was paid
/// for by the month before, and goes back with that.
fn of_period(of: &Subscription, period: &Period) -> Result<Bought, Error> {
    let grant = |seq| BoughtGrant { id: GrantId { seq, ordinal: 1 }, amount: period.credits };
    let currency = Currency::parse(&period.currency);
    Ok(Bought {
        user: UserId::from_number(of.user_id),
        wallet: of.wallet_id,
        paid: Cents::from_count(period.cents),
        currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
        at: period.paid_at.unwrap_or(period.created_at),
        has_failed: period.state == subscription_periods::State::Failed,
        grants: period.seq.map(grant).into_iter().collect(),
        rolled: None,
        lacks_bonus: false,
    })
}
