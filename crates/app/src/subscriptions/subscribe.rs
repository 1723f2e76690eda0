//! Subscribing: the row, in the transaction of its key; then the first payment or
//! the trial; then the credits.

use std::sync::Arc;

use domain::{IdempotencyKey, PaymentMethod, Plan, Scope, Stage, SubscriptionId, subscription};
use ledger::{Time, Wallet};
use store::subscriptions::{self, Current, Subscription};
use store::{Constraint, OnConstraint, Tx};

use super::change::offered;
use super::kept::{Kept, calendar_ends, key};
use super::outcome::{Asked, Outcome};
use super::request::note;
use super::view::SubscriptionView;
use super::{SubscribeRequest, SubscriptionRefusal};
use crate::App;
use crate::callers::Caller;
use crate::error::Error;
use crate::fingerprint::Canonical;
use crate::jobs;
use crate::ledger::{How, SubmitError};
use crate::prepared::Answer;
use crate::rates;
use crate::wallets::Whose;

/// The operation in a key's scope.
const OPERATION: &str = "subscriptions.create";

/// When the job looks, in microseconds: who asked is done by then, or gone.
const LOOKED_AFTER: i64 = 60 * Time::SECOND;

/// How far a request got in its first transaction.
enum Begun {
    Outcome(Outcome, How),
    Subscription(SubscriptionId),
}

/// A subscription that nobody has begun yet, as far as is known.
struct Beginning {
    asked: Asked,
    request: SubscribeRequest,
    wallet: Arc<Wallet>,
    /// One that waits for its payment and makes room.
    waiting: Option<SubscriptionId>,
    reference: [u8; 16],
    /// Whether anything can be paid.
    has_payments: bool,
    /// Whether who is paid has a least payment.
    has_least: bool,
}

impl App {
    /// Subscribes somebody to a package, with its trial if it has one and they never
    /// had any.
    pub async fn subscribe(
        &self,
        caller: &Caller,
        idempotency: IdempotencyKey,
        request: SubscribeRequest,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let Answer { value, how } = self.subscribe_once(caller, idempotency, request).await?;
        Ok(Answer { value: self.with_card_setup(caller, value).await, how })
    }

    /// The same, without what is to be confirmed: that is no outcome of the key.
    async fn subscribe_once(
        &self,
        caller: &Caller,
        idempotency: IdempotencyKey,
        request: SubscribeRequest,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let holder = self.subscriber(caller, &request.whose).await?;
        let method = request.payment_method.as_ref().map(PaymentMethod::as_str);
        let said = Canonical::of(OPERATION)
            .number("package", request.package.number())
            .maybe_text("payment_method", method);
        let asked = self.asked(caller, holder, (OPERATION, idempotency), said)?;
        let waiting = self.find_waiting(&asked).await?;
        let wallet = self.wallet(holder).await?;
        let beginning = Beginning {
            asked: asked.clone(),
            request,
            wallet,
            waiting,
            reference: self.entropy().bytes(),
            has_payments: self.payments().bills(),
            has_least: self.has_stripe(),
        };
        let begun = self.write(move |tx| Box::pin(async move { begin(tx, &beginning).await }));
        match begun.await? {
            Begun::Outcome(outcome, how) => outcome.answer(how),
            Begun::Subscription(id) => self.started(asked, id).await,
        }
    }

    /// One that was begun before and still waits for its payment, now that it was looked
    /// at: it may have been paid since.
    async fn find_waiting(&self, asked: &Asked) -> Result<Option<SubscriptionId>, Error> {
        let user = asked.holder.user;
        let live = self.read(move |tx| Box::pin(Kept::live(tx, user))).await?;
        let starts = |kept: &Kept| matches!(kept.stage, Stage::Starting { .. });
        let Some(id) = live.filter(starts).map(|kept| kept.id()) else { return Ok(None) };
        match self.advance(id).await {
            // Nobody knows now whether it was paid.
            Err(Error::Submit(error)) if !matches!(error, SubmitError::Refused { .. }) => {
                return Err(error.into());
            }
            // One that can't begin stands in nobody's way: what was paid for it is given
            // once it is ended.
            Err(error) => {
                tracing::warn!(%error, subscription = id.number(), "subscriptions.broken");
            }
            Ok(_) => {}
        }
        let kept = self.read(move |tx| Box::pin(Kept::find(tx, id))).await?;
        Ok(Some(id).filter(|_| starts(&kept)))
    }

    /// Takes the steps that are left, and says what came of them.
    async fn started(
        &self,
        asked: Asked,
        id: SubscriptionId,
    ) -> Result<Answer<SubscriptionView>, Error> {
        let rest = self.advance(id).await?;
        let kept = self.read(move |tx| Box::pin(Kept::find(tx, id))).await?;
        match kept.stage {
            Stage::Starting { .. } => Err(Error::PaymentNeeded { confirm: rest.confirm }),
            Stage::Expired { .. } if kept.row.request_key.is_none() => Err(Error::PaymentDeclined),
            _ => self.keep_outcome(asked, id).await,
        }
    }

    /// Somebody's subscription.
    pub async fn current_subscription(
        &self,
        caller: &Caller,
        whose: Whose,
    ) -> Result<SubscriptionView, Error> {
        let holder = self.holder(caller, Scope::CreditsRead, &whose).await?;
        if let Err(error) = self.cross_first(holder.user).await {
            tracing::warn!(%error, user = holder.user.number(), "subscriptions.not_crossed");
        }
        let (_, view) = self.find_current(holder).await?;
        let view = view.ok_or(Error::NotFound)?;
        Ok(self.with_card_setup(caller, view).await)
    }
}

async fn begin(tx: &mut Tx, new: &Beginning) -> Result<Begun, Error> {
    let asked = &new.asked;
    if let Some(outcome) = asked.begin(tx).await? {
        return Ok(Begun::Outcome(outcome, How::Replayed));
    }
    let (scope, word) = (asked.scope(), asked.key());
    if let Some(row) = tx.opt(subscriptions::by_request(&scope, &word)).await? {
        return Ok(Begun::Subscription(SubscriptionId::from_number(row.id)));
    }
    let currency = rates::find(tx).await?.currency;
    let plan = offered(tx, new.request.package, (currency, new.has_least)).await?;
    if let Some(outcome) = refusal(tx, new).await? {
        asked.finish(tx, &outcome).await?;
        return Ok(Begun::Outcome(outcome, How::Applied));
    }
    if !new.has_payments {
        return Err(Error::PaymentsNotSetUp);
    }
    let row = row(tx, new, &plan).await?;
    // Somebody else subscribed the same user this moment: asked again, it is found.
    let busy = || Error::from(SubmitError::Overloaded);
    let id = tx.one(subscriptions::insert(&row)).await.on(Constraint::SubscriptionLive, busy)?;
    let id = SubscriptionId::from_number(id);
    let kept = Kept::find(tx, id).await?;
    note(tx, asked, &kept).await?;
    let looked_at = asked.act.at.plus(LOOKED_AFTER);
    jobs::arm(tx, &jobs::renew(id, looked_at)?).await?;
    Ok(Begun::Subscription(id))
}

/// What stands in the way for ever. One that was never paid for makes room.
async fn refusal(tx: &mut Tx, new: &Beginning) -> Result<Option<Outcome>, Error> {
    if let Some(mut kept) = Kept::live(tx, new.asked.holder.user).await? {
        let now = new.asked.act.at;
        if !matches!(kept.stage, Stage::Starting { .. }) {
            return Ok(Some(Outcome::of(SubscriptionRefusal::Exists)));
        }
        let is_known = new.waiting == Some(kept.id());
        kept.put(kept.stage.give_up(now).map_err(Error::internal)?);
        kept.row.is_told = false;
        kept.row.had_trial = false;
        // One that somebody begins this moment is not given up beneath them.
        if !is_known || !kept.save(tx, now).await? {
            return Err(SubmitError::Overloaded.into());
        }
        jobs::arm(tx, &jobs::renew(kept.id(), now)?).await?;
    }
    Ok(Outcome::of_wallet(&new.wallet))
}

async fn row(tx: &mut Tx, new: &Beginning, plan: &Plan) -> Result<Subscription, Error> {
    let Asked { act, holder, .. } = &new.asked;
    let had = tx.one(subscriptions::had_trial(holder.user.number())).await? > 0;
    let trial = plan.terms.trial.filter(|_| !had);
    let begun = subscription::begin(act.at, trial.map(|trial| trial.days));
    let (anchor, period) = begun.ok_or_else(calendar_ends)?;
    let method = new.request.payment_method.as_ref();
    Ok(Subscription {
        id: 0,
        user_id: holder.user.number(),
        wallet_id: holder.wallet,
        plan: key(plan),
        next_plan: None,
        status: "starting".to_owned(),
        then: None,
        cover: None,
        since: None,
        anchor_at: anchor.time(),
        period: Some(Current {
            number: period.number,
            starts_at: period.starts_at,
            ends_at: period.ends_at,
        }),
        had_trial: trial.is_some(),
        pause_reason: None,
        billing_reference: new.reference,
        payment_method: method.map(|method| method.as_str().to_owned()),
        provider_id: None,
        provider_customer: None,
        card_setup: None,
        is_told: true,
        revision: 1,
        actor: act.actor.to_string(),
        request_id: act.request.as_ref().map(ToString::to_string),
        request_scope: Some(new.asked.scope()),
        request_key: Some(new.asked.key()),
        created_at: act.at,
        updated_at: act.at,
    })
}
