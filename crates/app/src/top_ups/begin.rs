//! Beginning a top-up: the caps are counted, and the purchase and its row are written,
//! in one transaction. Those take turns, so what is begun never passes a cap.

use domain::{Cents, Currency, PurchaseId, Seq, Time};
use store::Tx;
use store::top_ups::{self, New, Open, Settings};

use super::view::agreed;
use super::{spent, stop};
use crate::error::Error;
use crate::purchases::{KeptPurchase, Unpayable};

/// What a top-up would be.
pub(super) struct Wanted {
    /// By which agreement.
    pub(super) settings: Settings,
    /// As of which record the balance was below.
    pub(super) seen: Seq,
    /// What is bought.
    pub(super) purchase: KeptPurchase,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Began {
    /// This is being bought, now or since before.
    Open(Open),
    /// Not yet.
    Wait(Time),
    /// Not at all: somebody agreed to something else, or the account takes none.
    Nothing,
}

/// Begins it, unless it is not to be.
pub(super) async fn begin(tx: &mut Tx, wanted: &Wanted) -> Result<Began, Error> {
    let user = wanted.settings.terms.user_id;
    let settings = tx.opt(top_ups::find(user)).await?;
    if !settings.is_some_and(|now| is_agreed(&now, &wanted.settings)) {
        return Ok(Began::Nothing);
    }
    if let Some(open) = tx.opt(top_ups::open(user)).await? {
        return Ok(Began::Open(open));
    }
    if let Some(until) = too_soon(tx, wanted).await? {
        return wait(tx, user, until).await;
    }
    let now = wanted.purchase.at();
    let (cost, currency) = match wanted.purchase.price(tx).await? {
        Ok(price) => price,
        Err(why) => return stopped(tx, wanted, reason(why)).await,
    };
    if currency.as_str() != wanted.settings.terms.currency {
        return stopped(tx, wanted, "currency_changed").await;
    }
    let spent = spent(tx, (user, currency.as_str()), now).await?;
    let room = agreed(&wanted.settings.terms).caps.room(spent, cost);
    match (room, room.next(now)) {
        (domain::Room::Enough, _) => insert(tx, wanted, (cost, currency)).await,
        (_, Some(until)) => wait(tx, user, until).await,
        (_, None) => stopped(tx, wanted, "cap_below_price").await,
    }
}

/// Whether this is what is agreed to still.
fn is_agreed(now: &Settings, seen: &Settings) -> bool {
    now.state == "on" && now.agreement == seen.agreement
}

/// Until when the last one is to be waited for. Who looked before its credits came
/// has to look again.
async fn too_soon(tx: &mut Tx, wanted: &Wanted) -> Result<Option<Time>, Error> {
    let Some(last) = tx.opt(top_ups::last(wanted.settings.terms.user_id)).await? else {
        return Ok(None);
    };
    let now = wanted.purchase.at();
    let cool_down = wanted.settings.terms.cool_down_s.saturating_mul(Time::SECOND);
    let until = last.created_at.plus(cool_down);
    if until > now {
        return Ok(Some(until));
    }
    Ok(last.seq.is_some_and(|seq| seq > wanted.seen).then_some(now))
}

async fn wait(tx: &mut Tx, user: i64, until: Time) -> Result<Began, Error> {
    tx.exec(top_ups::wait(user, until)).await?.expect_one()?;
    Ok(Began::Wait(until))
}

async fn stopped(tx: &mut Tx, wanted: &Wanted, reason: &str) -> Result<Began, Error> {
    stop::stop(tx, &wanted.settings, reason, wanted.purchase.at()).await?;
    Ok(Began::Nothing)
}

const fn reason(why: Unpayable) -> &'static str {
    match why {
        Unpayable::BelowMinimum(_) => "below_minimum",
        Unpayable::TooDear => "cap_below_price",
        Unpayable::PaymentsNotSetUp => "payments_not_set_up",
    }
}

/// What is written is what was counted, or nothing is.
async fn insert(tx: &mut Tx, wanted: &Wanted, counted: (Cents, Currency)) -> Result<Began, Error> {
    let Ok((id, cost, currency)) = wanted.purchase.begin(tx).await? else {
        return Ok(Began::Nothing);
    };
    if counted != (cost, currency) {
        return Err(Error::internal("a top-up costs something else than was counted"));
    }
    let new = row(wanted, id, (cost, currency));
    tx.exec(top_ups::begin(&new)).await?.expect_one()?;
    let New { purchase_id, agreement, cents, currency, .. } = new;
    Ok(Began::Open(Open { purchase_id, agreement, cents, currency }))
}

fn row(wanted: &Wanted, id: PurchaseId, (cost, currency): (Cents, Currency)) -> New {
    New {
        purchase_id: id.number(),
        user_id: wanted.settings.terms.user_id,
        agreement: wanted.settings.agreement,
        cents: cost.count(),
        currency: currency.to_string(),
        created_at: wanted.purchase.at(),
    }
}
