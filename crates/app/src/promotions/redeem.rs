//! Redeeming a code alone: the credits it gives, once.

use domain::{
    Cents, Currency, IdempotencyKey, Limit, NotApplicable, Occasion, Promotion, PromotionCode,
    Refusal,
};
use serde::{Deserialize, Serialize};
use store::{Tx, promotions};

use super::row::{promotion, redemption};
use super::{RedemptionView, Reservation, buyer, keep, offer, take};
use crate::App;
use crate::audit::{self, Deed};
use crate::callers::Caller;
use crate::directory::Act;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::ledger::{How, SubmitError};
use crate::prepared::Answer;
use crate::requests::Keyed;
use crate::transactions::Transaction;
use crate::wallets::{Holder, Whose};

/// The operation in a key's scope.
const OPERATION: &str = "promotions.redeem";

/// A code to be redeemed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedeemRequest {
    /// For whom.
    pub whose: Whose,
    /// What they typed.
    pub code: PromotionCode,
}

/// What a code gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeemed {
    /// The use.
    pub redemption: RedemptionView,
    /// The transaction of its credits.
    pub transaction: Transaction,
}

/// The answer of a key.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    /// What comes of this use.
    Redemption(i64),
    /// The account is paused.
    Paused,
    /// It is suspended.
    Suspended,
    /// It has all the grants it may have.
    Full,
    /// The promotion has no use left.
    Exhausted,
    /// This user has none left.
    UsedUp,
}

struct Redeeming {
    holder: Holder,
    act: Act,
    keyed: Keyed,
    code: PromotionCode,
    refusal: Option<Refusal>,
    /// Whether who asks is who gets the credits.
    is_own: bool,
}

impl App {
    /// Redeems a code for the credits it gives.
    pub async fn redeem(
        &self,
        caller: &Caller,
        key: IdempotencyKey,
        request: RedeemRequest,
    ) -> Result<Answer<Redeemed>, Error> {
        let holder = self.buyer(caller, &request.whose).await?;
        let said = Canonical::of(OPERATION)
            .number("user", holder.user.number())
            .text("code", request.code.as_str());
        let redeeming = Redeeming {
            holder,
            act: self.act(caller)?,
            keyed: self.keyed(OPERATION, key, said),
            code: request.code,
            refusal: self.standing(holder).await?.refusal,
            is_own: caller.user() == Some(holder.user),
        };
        let asked = Some((redeeming.scope(), redeeming.keyed.clone()));
        self.try_code(holder.user, Some(&redeeming.code), asked).await?;
        let begin = self.write(move |tx| Box::pin(async move { begin(tx, &redeeming).await }));
        let (kept, how) = begin.await?;
        let id = kept.into_redemption(how)?;
        let granted = self.grant_redemption(id).await?;
        let transaction = self.transaction_at(holder.user, granted.row.seq).await?;
        let redemption = redemption(&granted.row)?;
        Ok(Answer { value: Redeemed { redemption, transaction }, how: granted.how })
    }
}

impl Redeeming {
    /// Whose key it is.
    fn scope(&self) -> String {
        format!("{} wallet:{}", self.act.actor, self.holder.wallet.number())
    }
}

/// What an earlier use of the key came to, or what comes of it now.
async fn begin(tx: &mut Tx, of: &Redeeming) -> Result<(Kept, How), Error> {
    let scope = of.scope();
    let row = of.keyed.row(&scope);
    let fingerprint = &of.keyed.fingerprint.0;
    let began = store::requests::begin(row, fingerprint, of.act.at);
    if !tx.exec(began).await?.at_most_one()? {
        let seen = tx.one(store::requests::find(row)).await?;
        if seen.fingerprint != fingerprint {
            return Err(Error::KeyReused);
        }
        let answer = seen.answer.ok_or_else(|| Error::internal("a request has no answer"))?;
        return Ok((serde_json::from_str(&answer).map_err(Error::internal)?, How::Replayed));
    }
    let kept = decide(tx, of).await?;
    let answer = serde_json::to_string(&kept).map_err(Error::internal)?;
    tx.exec(store::requests::finish(row, &answer)).await?.expect_one()?;
    Ok((kept, How::Applied))
}

/// Counts the use and owes its credits, or says what stands in the way for ever.
async fn decide(tx: &mut Tx, of: &Redeeming) -> Result<Kept, Error> {
    let row = tx.opt(promotions::by_code(of.code.as_str())).await?;
    let found = promotion(&row.ok_or(not_applicable(NotApplicable::Unknown, How::Applied))?)?;
    let buyer = buyer::find(tx, of.holder.user, of.act.at).await?;
    let uses_by_buyer = offer::uses(tx, found.id, of.holder.user).await?;
    let occasion = Occasion { buyer: &buyer, uses_by_buyer, price: None, at: of.act.at };
    match found.check(occasion) {
        Err(why) if why.is_about_uses() => return Ok(Kept::of_uses(why)),
        Err(why) => return Err(not_applicable(why, How::Applied)),
        Ok(()) => {}
    }
    if let Some(refusal) = of.refusal {
        return Ok(Kept::of_refusal(refusal));
    }
    if let Err(why) = take(tx, found.id, of.holder.user).await? {
        return Ok(Kept::of_uses(why));
    }
    let currency = Currency::USD.to_string();
    let reservation = Reservation {
        promotion: found.id,
        holder: of.holder,
        off: Cents::ZERO,
        currency: &currency,
        credits: found.free_credits(),
    };
    let id = keep(tx, &of.act, reservation, None).await?;
    if !of.is_own {
        note(tx, of, (id, &found)).await?;
    }
    Ok(Kept::Redemption(id))
}

/// A use for somebody else, as the audit log keeps it.
#[derive(Serialize)]
struct Noted {
    redemption: i64,
    promotion: i64,
    credits: i64,
}

async fn note(
    tx: &mut Tx,
    of: &Redeeming,
    (redemption, found): (i64, &Promotion),
) -> Result<(), Error> {
    let (promotion, credits) = (found.id.number(), found.free_credits().micros());
    let noted = Noted { redemption, promotion, credits };
    let subject = format!("user:{}", of.holder.user.number());
    let deed = Deed { action: OPERATION, subject, before: None, after: Some(&noted) };
    audit::note(tx, &of.act, deed).await
}

fn not_applicable(why: NotApplicable, how: How) -> Error {
    Error::Promotion { why, how, field: "/code" }
}

impl Kept {
    const fn of_uses(why: NotApplicable) -> Self {
        match why {
            NotApplicable::UsedUp => Self::UsedUp,
            _ => Self::Exhausted,
        }
    }

    const fn of_refusal(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Paused => Self::Paused,
            Refusal::Suspended => Self::Suspended,
            _ => Self::Full,
        }
    }

    fn into_redemption(self, how: How) -> Result<i64, Error> {
        let refused = |refusal| SubmitError::Refused { refusal, how }.into();
        Err(match self {
            Self::Redemption(id) => return Ok(id),
            Self::Paused => refused(Refusal::Paused),
            Self::Suspended => refused(Refusal::Suspended),
            Self::Full => refused(Refusal::Limit(Limit::OpenGrants)),
            Self::Exhausted => not_applicable(NotApplicable::Exhausted, how),
            Self::UsedUp => not_applicable(NotApplicable::UsedUp, how),
        })
    }
}
