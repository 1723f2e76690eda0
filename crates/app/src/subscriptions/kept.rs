//! A subscription as it is worked on: its row, with what the row's words mean.

use domain::{
    Anchor, Cover, PackageId, PaymentMethod, Period, Plan, Stage, SubscriptionId,
    SubscriptionStatus, Text, Then, UserId,
};
use gateway::{Billed, BilledAs, BilledPrice, CustomerId};
use ledger::Time;
use store::subscriptions::{self, Current, PlanKey, Subscription};
use store::{Tx, customers, users};

use crate::error::{Error, stored};
use crate::packages;

/// A subscription as it is worked on.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) row: Subscription,
    pub(super) plan: Plan,
    pub(super) next_plan: Option<Plan>,
    pub(super) stage: Stage,
}

impl Kept {
    /// The one of that id.
    pub(super) async fn find(tx: &mut Tx, id: SubscriptionId) -> Result<Self, Error> {
        let row = tx.opt(subscriptions::by_id(id.number())).await?;
        Self::of(tx, row.ok_or(Error::NotFound)?).await
    }

    /// A user's that lives, whether or not it has begun.
    pub(super) async fn live(tx: &mut Tx, user: UserId) -> Result<Option<Self>, Error> {
        match tx.opt(subscriptions::live(user.number())).await? {
            Some(row) => Self::of(tx, row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn of(tx: &mut Tx, row: Subscription) -> Result<Self, Error> {
        let stage = stage(&row).ok_or_else(|| Error::internal("a stored stage is none"))?;
        let named = plan(tx, row.plan).await?;
        let next_plan = match row.next_plan {
            Some(key) => Some(plan(tx, key).await?),
            None => None,
        };
        Ok(Self { row, plan: named, next_plan, stage })
    }

    pub(super) const fn id(&self) -> SubscriptionId {
        SubscriptionId::from_number(self.row.id)
    }

    pub(super) const fn user(&self) -> UserId {
        UserId::from_number(self.row.user_id)
    }

    pub(super) const fn anchor(&self) -> Anchor {
        Anchor::at(self.row.anchor_at)
    }

    /// The first period it had: its trial, or the first that was paid for.
    pub(super) fn first(&self) -> Result<Period, Error> {
        if self.row.had_trial {
            let (starts_at, ends_at) = (self.row.created_at, self.row.anchor_at);
            return Ok(Period { number: 0, starts_at, ends_at });
        }
        self.anchor().period(1).ok_or_else(calendar_ends)
    }

    /// It stands there now. An end leaves the last period as it was.
    pub(super) fn put(&mut self, stage: Stage) {
        let never_began = matches!(self.stage, Stage::Starting { .. });
        self.stage = stage;
        let row = &mut self.row;
        stage.status().as_str().clone_into(&mut row.status);
        row.then = stage.then().map(|then| then.as_str().to_owned());
        row.cover = match stage {
            Stage::Active { cover, .. } => Some(cover.as_str().to_owned()),
            _ => None,
        };
        row.since = match stage {
            Stage::PastDue { since, .. } | Stage::Paused { since, .. } => Some(since),
            _ => stage.ended_at(),
        };
        if let Some(Period { number, starts_at, ends_at }) = stage.period() {
            row.period = Some(Current { number, starts_at, ends_at });
        }
        if stage.ended_at().is_some() {
            self.put_next_plan(None);
            self.row.card_setup = None;
            if never_began {
                // Whoever asks anew begins another one.
                (self.row.request_scope, self.row.request_key) = (None, None);
            }
        }
    }

    /// Whoever bills it calls it so.
    pub(super) fn name(&mut self, known: &BilledAs) {
        self.row.provider_id = Some(known.subscription.to_string());
        self.row.provider_customer = known.customer.as_ref().map(ToString::to_string);
    }

    /// Its months are counted as whoever bills it counts them, so that each of theirs is
    /// one of ours. Before it begins nothing is named after its periods.
    pub(super) fn count_from(&mut self, anchor_at: Time) -> Result<(), Error> {
        self.row.anchor_at = anchor_at;
        let period = self.first()?;
        self.put(Stage::Starting { period });
        Ok(())
    }

    /// It is this that is subscribed to now.
    pub(super) fn put_plan(&mut self, plan: Plan) {
        self.row.plan = key(&plan);
        self.plan = plan;
    }

    /// It is this from the period's end.
    pub(super) fn put_next_plan(&mut self, plan: Option<Plan>) {
        self.row.next_plan = plan.as_ref().map(key);
        self.next_plan = plan;
    }

    /// Writes it; whether it still was as it was read.
    pub(super) async fn save(&self, tx: &mut Tx, at: Time) -> Result<bool, Error> {
        Ok(tx.exec(subscriptions::save(&self.row, at)).await?.at_most_one()?)
    }

    /// As whoever bills it knows it, at the price of a plan.
    pub(super) async fn billed(
        &self,
        tx: &mut Tx,
        plan: &Plan,
        book: [u8; 16],
    ) -> Result<Billed, Error> {
        let user = tx.one(users::by_id(self.row.user_id)).await?;
        let pays = tx.opt(customers::find(self.row.user_id)).await?;
        let pays = pays.as_deref().map(CustomerId::parse).transpose();
        let method = self.row.payment_method.as_deref().map(PaymentMethod::parse).transpose();
        let subscription = self.row.provider_id.as_deref().map(text).transpose()?;
        let customer = self.row.provider_customer.as_deref().map(text).transpose()?;
        Ok(Billed {
            reference: self.row.billing_reference,
            known: subscription.map(|subscription| BilledAs { subscription, customer }),
            book,
            user: self.user(),
            customer: pays.map_err(Error::internal)?,
            email: user.email,
            payment_method: method.map_err(stored("payment method"))?,
            price: price(plan),
            anchor_at: self.row.anchor_at,
            created_at: self.row.created_at,
            first: self.first()?,
        })
    }
}

/// What a period by a plan costs.
pub(super) fn price(plan: &Plan) -> BilledPrice {
    BilledPrice {
        package: plan.package,
        version: plan.version,
        name: plan.name.clone(),
        amount: plan.terms.monthly_price,
        currency: plan.terms.currency,
        stripe_price_id: plan.terms.stripe_price_id.clone(),
    }
}

/// How a plan is named in a row.
pub(super) const fn key(plan: &Plan) -> PlanKey {
    PlanKey { package_id: plan.package.number(), version: plan.version }
}

/// The plan a row names.
pub(super) async fn plan(tx: &mut Tx, key: PlanKey) -> Result<Plan, Error> {
    let package = PackageId::from_number(key.package_id);
    let found = packages::find_plan(tx, package, Some(key.version)).await?;
    found.ok_or_else(|| Error::internal("a subscription's package is not there"))
}

/// No calendar reaches so far.
pub(super) fn calendar_ends() -> Error {
    Error::internal("a period lies behind the calendar's end")
}

pub(super) fn text(text: &str) -> Result<Text, Error> {
    Text::parse(text).map_err(|error| stored("text")(error.into()))
}

/// Where a row says it stands.
pub(super) fn stage(row: &Subscription) -> Option<Stage> {
    let status = match row.status.as_str() {
        "starting" => SubscriptionStatus::Starting,
        word => SubscriptionStatus::parse(word)?,
    };
    let period = || {
        let Current { number, starts_at, ends_at } = row.period?;
        Some(Period { number, starts_at, ends_at })
    };
    let then = || Then::parse(row.then.as_deref()?);
    Some(match status {
        SubscriptionStatus::Starting => Stage::Starting { period: period()? },
        SubscriptionStatus::Trial => Stage::Trial { period: period()?, then: then()? },
        SubscriptionStatus::Active => Stage::Active {
            period: period()?,
            cover: Cover::parse(row.cover.as_deref()?)?,
            then: then()?,
        },
        SubscriptionStatus::PastDue => {
            Stage::PastDue { period: period()?, since: row.since?, then: then()? }
        }
        SubscriptionStatus::Paused => {
            Stage::Paused { period: period()?, since: row.since?, then: then()? }
        }
        SubscriptionStatus::Cancelled => Stage::Cancelled { at: row.since? },
        SubscriptionStatus::Expired => Stage::Expired { at: row.since? },
    })
}
