//! Subscriptions as Stripe has them: found by what it calls them, or by our
//! reference, and what it says of one.

use domain::{Text, Time};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Stripe;
use super::catalogue::Price;
use super::error::StripeError;
use super::form::Form;
use super::objects::{Page, unreadable};
use crate::billing::{Billed, BilledAs, BillingError, Renewal, Standing};
use crate::hex::hex;

/// The most pages of a hundred that a list is read.
const PAGES_MAX: usize = 10;

/// How far Stripe's clock and ours may be apart: it made nothing of our row earlier.
const CLOCKS_DIFFER_US: i64 = Time::DAY;

/// A subscription.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Subscription {
    pub(super) id: String,
    pub(super) customer: String,
    pub(super) status: String,
    billing_cycle_anchor: i64,
    cancel_at_period_end: bool,
    #[serde(default)]
    cancel_at: Option<i64>,
    #[serde(default)]
    ended_at: Option<i64>,
    /// What pays for it.
    #[serde(default)]
    pub(super) default_payment_method: Option<String>,
    /// What its owner has to confirm before anything is paid.
    #[serde(default)]
    pub(super) pending_setup_intent: Option<String>,
    pub(super) items: Page<Item>,
    #[serde(default)]
    pause_collection: Option<Paused>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

/// That it is not paid for meanwhile.
#[derive(Clone, Debug, Deserialize)]
struct Paused {}

/// What is billed each month.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Item {
    pub(super) id: String,
    current_period_end: i64,
    pub(super) price: Price,
}

/// What we asked with. It links an object to our row, and says nothing else.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Metadata {
    #[serde(default)]
    reference: Option<String>,
    #[serde(default)]
    told: Option<String>,
}

impl Metadata {
    pub(super) fn is(&self, reference: &[u8; 16]) -> bool {
        self.reference.as_deref() == Some(hex(reference).as_str())
    }
}

/// Anything in a list.
pub(super) trait Listed: DeserializeOwned {
    fn id(&self) -> &str;
}

impl Listed for Subscription {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Subscription {
    pub(super) fn known(&self) -> Result<BilledAs, BillingError> {
        Ok(BilledAs {
            subscription: text(&self.id, "the id of a subscription")?,
            customer: Some(text(&self.customer, "the id of a customer")?),
        })
    }

    /// What is billed by it.
    pub(super) fn item(&self) -> Result<&Item, StripeError> {
        self.items.data.first().ok_or_else(|| unreadable("a subscription to nothing"))
    }

    /// When the first period starts that is paid for.
    pub(super) const fn anchor_at(&self) -> Time {
        time(self.billing_cycle_anchor)
    }

    /// Whether nothing is billed any more, whatever it is told.
    pub(super) fn is_over(&self) -> bool {
        ["canceled", "incomplete_expired"].contains(&self.status.as_str())
    }

    /// Since when it is over.
    pub(super) fn over_at(&self) -> Option<Time> {
        self.ended_at.filter(|_| self.is_over()).map(time)
    }

    fn standing(&self, told: Option<&Renewal>) -> Result<Standing, StripeError> {
        if self.is_over() {
            let at = self.over_at().ok_or_else(|| unreadable("an end without its time"))?;
            return Ok(Standing::Ended(at));
        }
        let said = self.metadata.as_ref().and_then(|metadata| metadata.told.clone());
        if said != told.map(Renewal::word) {
            return Ok(Standing::ToldOtherwise);
        }
        // Somebody had an idle period be paid for.
        if told == Some(&Renewal::Pause) && self.pause_collection.is_none() {
            return Ok(Standing::ToldOtherwise);
        }
        let was_to_end = told == Some(&Renewal::End);
        Ok(match (was_to_end, self.ends_with_period()) {
            (false, true) => Standing::Ending,
            (true, false) => Standing::GoesOn,
            _ => Standing::AsTold,
        })
    }

    /// Whether its end is the end of the period that is now. One that is later is none
    /// yet.
    fn ends_with_period(&self) -> bool {
        let ends = self.items.data.first().map(|item| item.current_period_end);
        let is_near = |at: i64| ends.is_some_and(|ends| at <= ends);
        self.cancel_at_period_end || self.cancel_at.is_some_and(is_near)
    }
}

impl Stripe {
    pub(crate) async fn standing(
        &self,
        billed: &Billed,
        told: Option<&Renewal>,
    ) -> Result<Standing, BillingError> {
        match self.find_subscription(billed).await? {
            Some(found) => Ok(found.standing(told)?),
            None => Ok(Standing::AsTold),
        }
    }

    /// The one of our row: by its name, else among its customer's by our
    /// reference. Stripe forgets keys after a day, what it made never.
    pub(super) async fn find_subscription(
        &self,
        billed: &Billed,
    ) -> Result<Option<Subscription>, StripeError> {
        if let Some(known) = &billed.known {
            let path = format!("/v1/subscriptions/{}", known.subscription);
            return self.http.get(&path, Form::default()).await.map(Some);
        }
        let Some(customer) = &billed.customer else { return Ok(None) };
        let since = second(billed.created_at.plus(CLOCKS_DIFFER_US.saturating_neg()));
        let query = Form::default()
            .with("customer", customer)
            .with("status", "all")
            .with("created[gte]", since);
        let named = |found: &Subscription| {
            found.metadata.as_ref().is_some_and(|metadata| metadata.is(&billed.reference))
        };
        self.find_listed("/v1/subscriptions", &query, named).await
    }

    /// The newest of a list that is looked for.
    pub(super) async fn find_listed<T: Listed>(
        &self,
        path: &str,
        query: &Form,
        is_it: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, StripeError> {
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let page: Page<T> = self.listed(path, query, after.as_ref()).await?;
            after = page.data.last().map(|last| last.id().to_owned());
            let has_more = page.has_more;
            if let Some(found) = page.data.into_iter().find(&is_it) {
                return Ok(Some(found));
            }
            if !has_more {
                return Ok(None);
            }
        }
        Err(unreadable("more of one customer's than there can be"))
    }

    /// All of a list that are looked for.
    pub(super) async fn all_listed<T: Listed>(
        &self,
        path: &str,
        query: &Form,
        is_it: impl Fn(&T) -> bool,
    ) -> Result<Vec<T>, StripeError> {
        let (mut all, mut after): (_, Option<String>) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let page: Page<T> = self.listed(path, query, after.as_ref()).await?;
            after = page.data.last().map(|last| last.id().to_owned());
            all.extend(page.data.into_iter().filter(&is_it));
            if !page.has_more {
                return Ok(all);
            }
        }
        Err(unreadable("more of one customer's than there can be"))
    }

    async fn listed<T: Listed>(
        &self,
        path: &str,
        query: &Form,
        after: Option<&String>,
    ) -> Result<Page<T>, StripeError> {
        let query = query.clone().with("limit", 100).maybe("starting_after", after);
        self.http.get(path, query).await
    }
}

/// What Stripe calls something, as it is kept.
pub(super) fn text(id: &str, what: &str) -> Result<Text, StripeError> {
    Text::parse(id).map_err(|_| unreadable(what))
}

/// A second of Stripe's clock.
pub(super) const fn time(seconds: i64) -> Time {
    Time::from_micros(seconds.saturating_mul(Time::SECOND))
}

/// The second an instant is in.
pub(super) const fn second(time: Time) -> i64 {
    time.micros().div_euclid(Time::SECOND)
}

impl From<StripeError> for BillingError {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::Away(why) => Self::Away(why),
            error => Self::Unexpected(error.to_string()),
        }
    }
}
