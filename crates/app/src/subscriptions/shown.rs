//! How a subscription is shown: its rows, in one statement, and the wallet that its credits
//! are in. A grant that the rows name and the wallet lacks is used up or over, unless the
//! wallet was read before it was made.

use std::collections::HashMap;

use domain::{Credits, Package, PackageId, Period, Stage, SubscriptionId, UserId};
use ledger::{Seq, Time, Wallet};
use store::shown_subscriptions::{self as rows, Shown as Row};
use store::subscription_periods as periods;
use store::subscriptions::{Current, Subscription};
use store::{Tx, projections};

use super::bill::grant_id;
use super::figures::Figures;
use super::kept::{calendar_ends, stage, text};
use super::view::{NextPackage, SubscriptionView};
use crate::App;
use crate::error::Error;
use crate::ledger::WalletRead;
use crate::packages;
use crate::wallets::Holder;

/// A subscription as its rows are.
pub(super) struct Shown {
    row: Subscription,
    stage: Stage,
    package: Package,
    next_name: Option<String>,
    /// From the current one on, oldest first.
    periods: Vec<periods::Period>,
}

impl App {
    /// A user's wallet, and their subscription as it is in it, if one has begun.
    pub(crate) async fn find_current(
        &self,
        holder: Holder,
    ) -> Result<(WalletRead, Option<SubscriptionView>), Error> {
        let shown = Shown::of(self.live_rows(holder.user).await?)?;
        let read = self.ledger().wallet(holder.wallet).await?;
        let view = match shown.filter(Shown::has_begun) {
            Some(shown) => Some(self.as_shown(&shown, &read.wallet).await?),
            None => None,
        };
        Ok((read, view))
    }

    /// One that has begun, or has ended, as it is now.
    pub(crate) async fn view_of(&self, id: SubscriptionId) -> Result<SubscriptionView, Error> {
        let shown = Shown::of(self.all(rows::by_id(id.number())).await?)?;
        let shown = shown.filter(Shown::has_begun).ok_or(Error::NotFound)?;
        let wallet = self.ledger().wallet(shown.row.wallet_id).await?.wallet;
        self.as_shown(&shown, &wallet).await
    }

    /// As it is in a wallet that was read behind its rows.
    async fn as_shown(&self, shown: &Shown, wallet: &Wallet) -> Result<SubscriptionView, Error> {
        // No record of the wallet is later.
        let now = self.ledger().time_to_read();
        let over = shown.gone(wallet).filter(|row| is_over(row, now));
        let over: Vec<_> = over.filter_map(|row| row.seq).collect();
        let mut left = self.left(&over).await?;
        // Where the ledger has stopped it is told as it is.
        if left.is_behind && self.ledger().projected().await.is_ok() {
            left = self.left(&over).await?;
        }
        shown.view(wallet, &left)
    }

    async fn left(&self, over: &[Seq]) -> Result<Left, Error> {
        if over.is_empty() {
            return Ok(Left::default());
        }
        let over = over.to_vec();
        self.read(move |tx| Box::pin(async move { Left::of(tx, over).await })).await
    }
}

impl SubscriptionView {
    /// One, as it is now in its owner's wallet.
    pub(crate) async fn find(
        tx: &mut Tx,
        id: SubscriptionId,
        wallet: &Wallet,
    ) -> Result<Self, Error> {
        let shown = Shown::of(tx.all(rows::by_id(id.number())).await?)?.ok_or(Error::NotFound)?;
        let gone = shown.gone(wallet).filter_map(|row| row.seq).collect();
        shown.view(wallet, &Left::of(tx, gone).await?)
    }
}

impl Shown {
    /// The one that the rows are of, if there are any.
    fn of(rows: Vec<Row>) -> Result<Option<Self>, Error> {
        let mut rows = rows.into_iter();
        let Some(Row { subscription: row, package, next_name, period }) = rows.next() else {
            return Ok(None);
        };
        let stage = stage(&row).ok_or_else(|| Error::internal("a stored stage is none"))?;
        let package = packages::package(&package)?;
        let periods = period.into_iter().chain(rows.filter_map(|row| row.period)).collect();
        Ok(Some(Self { row, stage, package, next_name, periods }))
    }

    fn has_begun(&self) -> bool {
        !matches!(self.stage, Stage::Starting { .. })
    }

    /// What gave credits of which the wallet has no grant any more.
    fn gone<'s>(&'s self, wallet: &'s Wallet) -> impl Iterator<Item = &'s periods::Period> {
        let gave = self.periods.iter().filter(|row| row.state == periods::State::Granted);
        gave.filter(|row| {
            row.seq.is_some_and(|seq| seq <= wallet.seq && wallet.grant(grant_id(seq)).is_none())
        })
    }

    fn view(&self, wallet: &Wallet, left: &Left) -> Result<SubscriptionView, Error> {
        let Self { row, stage, package, next_name, periods } = self;
        let Current { number, starts_at, ends_at } = row.period.ok_or_else(calendar_ends)?;
        let next = row.next_plan.zip(next_name.as_deref());
        let next = next.map(|(plan, name)| {
            let (id, version) = (PackageId::from_number(plan.package_id), plan.version);
            Ok::<_, Error>(NextPackage { id, name: text(name)?, version })
        });
        Ok(SubscriptionView {
            id: SubscriptionId::from_number(row.id),
            user: UserId::from_number(row.user_id),
            package: package.clone(),
            next: next.transpose()?,
            status: stage.status(),
            then: stage.then(),
            since: match stage {
                Stage::PastDue { since, .. } | Stage::Paused { since, .. } => Some(*since),
                stage => stage.ended_at(),
            },
            period: Period { number, starts_at, ends_at },
            trial_ends_at: row.had_trial.then_some(row.anchor_at),
            figures: Figures::of(periods, wallet, &left.of)?,
            pause_reason: row.pause_reason.clone(),
            provider_subscription: row.provider_id.clone(),
            provider_customer: row.provider_customer.clone(),
            card_setup: None,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Whether a period's credits have expired; until then those that are gone are used.
fn is_over(row: &periods::Period, now: Time) -> bool {
    row.expires_at.is_none_or(|at| at <= now)
}

/// What was left of grants when they expired.
#[derive(Default)]
struct Left {
    /// By the records that made them.
    of: HashMap<Seq, Credits>,
    /// Not all of them are closed in their table yet.
    is_behind: bool,
}

impl Left {
    async fn of(tx: &mut Tx, gone: Vec<Seq>) -> Result<Self, Error> {
        let mut left = Self::default();
        for seq in gone {
            match projections::find_grant(tx, grant_id(seq)).await? {
                Some(grant) if !grant.state.remaining.is_positive() => {
                    left.of.insert(seq, grant.state.expired);
                }
                Some(_) | None => left.is_behind = true,
            }
        }
        Ok(left)
    }
}
