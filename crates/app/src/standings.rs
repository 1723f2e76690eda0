//! Users with how their credits stand.

use domain::{Credits, Email, Status, SubscriptionStatus, Text, Time, UserId};
use store::figures::{self, Search, UserStanding};
use store::{Page as Rows, Tx, subscriptions};

use crate::App;
use crate::callers::Caller;
use crate::error::{Error, stored};
use crate::page::{Listed, Page};

/// Which users are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StandingFilter {
    /// Only those whose credits stand so.
    pub status: Option<Status>,
    /// Only those with this in their address or name, whatever its case.
    pub search: Option<Text>,
}

/// A user with how their credits stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingView {
    /// Who.
    pub user: UserId,
    /// As it was given.
    pub email: Email,
    /// What to call them.
    pub name: Text,
    /// All credits they have.
    pub credits: Credits,
    /// What their wallet may do.
    pub status: Status,
    /// When their credits changed last, if they did.
    pub last_transaction_at: Option<Time>,
    /// When they were made.
    pub created_at: Time,
    /// Where their subscription stands, and what people call its package.
    pub subscription: Option<(SubscriptionStatus, String)>,
}

impl App {
    /// Users with how their credits stand, newest first. What falls due while
    /// nobody looks at its wallet counts once the sweep has settled it.
    pub async fn list_standings(
        &self,
        caller: &Caller,
        filter: StandingFilter,
        page: Page,
    ) -> Result<Listed<StandingView>, Error> {
        caller.check_oversight()?;
        self.counted().await?;
        let rows = page.rows();
        let (total, items) = self
            .read(move |tx| {
                Box::pin(async move {
                    let (total, rows) = list(tx, &filter, rows).await?;
                    let mut items = Vec::with_capacity(rows.len());
                    for row in &rows {
                        items.push(view(row, tx.opt(subscriptions::standing(row.id)).await?)?);
                    }
                    Ok((total, items))
                })
            })
            .await?;
        Ok(Listed { items, total, page })
    }
}

/// How many there are, and those on the page. Only a search looks at every
/// user, and whoever asks for active ones alone: they are nearly all.
async fn list(
    tx: &mut Tx,
    filter: &StandingFilter,
    page: Rows,
) -> Result<(i64, Vec<UserStanding>), Error> {
    let book = figures::find(tx).await?;
    let text = filter.search.as_ref().map_or("", |text| text.as_str());
    let search = Search { text, status: filter.status };
    let total = match filter.status {
        _ if filter.search.is_some() => tx.one(figures::count_found(search)).await?,
        Some(Status::Paused) => book.paused,
        Some(Status::Suspended) => book.suspended,
        status => {
            let users = book.wallets.saturating_add(tx.one(figures::count_walletless()).await?);
            let others = book.paused.saturating_add(book.suspended);
            if status.is_none() { users } else { users.saturating_sub(others) }
        }
    };
    let listed = match filter.status {
        _ if filter.search.is_some() => figures::list_found(search, page),
        None => figures::list_standings(page),
        Some(Status::Active) => figures::list_found(search, page),
        Some(status) => figures::list_of_status(status, page),
    };
    Ok((total, tx.all(listed).await?))
}

fn view(row: &UserStanding, subscription: Option<(String, String)>) -> Result<StandingView, Error> {
    let named = |(status, package): (String, String)| {
        let status = SubscriptionStatus::parse(&status);
        let status = status.ok_or_else(|| Error::internal("a stored status is none"))?;
        Ok::<_, Error>((status, package))
    };
    Ok(StandingView {
        subscription: subscription.map(named).transpose()?,
        user: UserId::from_number(row.id),
        email: Email::parse(&row.email).map_err(stored("address"))?,
        name: Text::parse(&row.name).map_err(|error| stored("name")(error.into()))?,
        credits: row.posted,
        status: row.status,
        last_transaction_at: row.last_transaction_at,
        created_at: row.created_at,
    })
}
