//! Subscriptions that were and are, and what each period of one cost and gave.

use domain::{
    Cents, Credits, Currency, PackageId, PaymentIntent, Scope, SubscriptionId, SubscriptionStatus,
    TxId, UserId,
};
use ledger::Time;
use store::subscription_periods::{self as periods};
use store::subscriptions::{self, Filter};

use super::view::SubscriptionView;
use crate::App;
use crate::callers::Caller;
use crate::error::{Error, stored};
use crate::page::{Listed, Page};
use crate::wallets::Whose;

/// Which subscriptions an admin looks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionFilter {
    /// Only those that stand so.
    pub status: Option<SubscriptionStatus>,
    /// Only those to this package.
    pub package: Option<PackageId>,
    /// Only this user's.
    pub user: Option<UserId>,
}

/// A trial, a month or an upgrade within one: what it cost and what it gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionPeriod {
    /// Its id.
    pub id: i64,
    /// Of which subscription.
    pub subscription: SubscriptionId,
    /// `trial`, `period` or `upgrade`.
    pub kind: &'static str,
    /// From when.
    pub starts_at: Time,
    /// Until when.
    pub ends_at: Time,
    /// By which package.
    pub package: PackageId,
    /// And which version of its terms.
    pub package_version: i64,
    /// What is paid.
    pub price: Cents,
    /// In which currency.
    pub currency: Currency,
    /// What it gives.
    pub credits: Credits,
    /// What is given anew beside.
    pub rollover: Credits,
    /// `collecting`, `granting`, `granted`, `failed` or `void`.
    pub state: &'static str,
    /// What the payment provider calls the invoice.
    pub invoice: Option<String>,
    /// And the payment of it, by which its money may go back.
    pub payment: Option<PaymentIntent>,
    /// Tries to pay that failed.
    pub failures: i64,
    /// When the money was found to be there.
    pub paid_at: Option<Time>,
    /// When the credits expire.
    pub expires_at: Option<Time>,
    /// The transaction that gave them.
    pub transaction: Option<TxId>,
}

impl SubscriptionPeriod {
    pub(super) fn of(row: periods::Period) -> Result<Self, Error> {
        let currency = Currency::parse(&row.currency);
        let payment = row.payment_intent.as_deref().map(PaymentIntent::parse).transpose();
        Ok(Self {
            id: row.id,
            subscription: SubscriptionId::from_number(row.subscription_id),
            kind: row.kind.as_str(),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            package: PackageId::from_number(row.plan.package_id),
            package_version: row.plan.version,
            price: Cents::from_count(row.cents),
            currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
            credits: row.credits,
            rollover: row.rollover,
            state: row.state.as_str(),
            invoice: row.invoice,
            payment: payment.map_err(stored("payment"))?,
            failures: row.failures,
            paid_at: row.paid_at,
            expires_at: row.expires_at,
            transaction: row.seq.map(TxId),
        })
    }
}

impl App {
    /// Somebody's subscriptions, newest first.
    pub async fn list_own_subscriptions(
        &self,
        caller: &Caller,
        whose: Whose,
        page: Page,
    ) -> Result<Listed<SubscriptionView>, Error> {
        let holder = self.holder(caller, Scope::CreditsRead, &whose).await?;
        let wallet = self.wallet(holder).await?;
        let user = holder.user.number();
        let (total, items) = self
            .read(move |tx| {
                Box::pin(async move {
                    let total = tx.one(subscriptions::count_of_user(user)).await?;
                    let mut views = Vec::new();
                    for row in tx.all(subscriptions::of_user(user, page.rows())).await? {
                        let id = SubscriptionId::from_number(row.id);
                        views.push(SubscriptionView::find(tx, id, &wallet).await?);
                    }
                    Ok((total, views))
                })
            })
            .await?;
        Ok(Listed { items, total, page })
    }

    /// What the periods of a subscription cost and gave, newest first: its owner's, and
    /// whoever's who may look at everyone's.
    pub async fn list_subscription_periods(
        &self,
        caller: &Caller,
        id: SubscriptionId,
        page: Page,
    ) -> Result<Listed<SubscriptionPeriod>, Error> {
        caller.check(Scope::CreditsRead)?;
        let row = self.find_row(id).await?;
        // What is a stranger's and what is not there look the same.
        if !caller.may(Scope::CreditsRead, UserId::from_number(row.user_id)) {
            return Err(Error::NotFound);
        }
        let id = id.number();
        let (total, rows) = self
            .read(move |tx| {
                Box::pin(async move {
                    let total = tx.one(periods::count_of_subscription(id)).await?;
                    Ok((total, tx.all(periods::of_subscription(id, page.rows())).await?))
                })
            })
            .await?;
        let items = rows.into_iter().map(SubscriptionPeriod::of).collect::<Result<_, _>>()?;
        Ok(Listed { items, total, page })
    }

    /// Everybody's subscriptions, newest first.
    pub async fn list_subscriptions(
        &self,
        caller: &Caller,
        filter: SubscriptionFilter,
        page: Page,
    ) -> Result<Listed<SubscriptionView>, Error> {
        caller.check_oversight()?;
        let filter = Filter {
            status: filter.status.map(|status| status.as_str().to_owned()),
            package_id: filter.package.map(PackageId::number),
            user_id: filter.user.map(UserId::number),
        };
        let (total, rows) = self
            .read(move |tx| {
                Box::pin(async move {
                    let total = tx.one(subscriptions::count(&filter)).await?;
                    Ok((total, tx.all(subscriptions::list(&filter, page.rows())).await?))
                })
            })
            .await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(self.view_of(SubscriptionId::from_number(row.id)).await?);
        }
        Ok(Listed { items, total, page })
    }

    /// Anybody's subscription, for who may look at everyone's.
    pub async fn get_subscription(
        &self,
        caller: &Caller,
        id: SubscriptionId,
    ) -> Result<SubscriptionView, Error> {
        caller.check_oversight()?;
        self.view_of(id).await
    }

    /// One that has begun, or has ended.
    pub(super) async fn find_row(
        &self,
        id: SubscriptionId,
    ) -> Result<subscriptions::Subscription, Error> {
        let found = self.opt(subscriptions::by_id(id.number())).await?;
        found.filter(|row| row.status != "starting").ok_or(Error::NotFound)
    }
}
