//! Webhooks: whether one is from Stripe, and what it is about. An event is a
//! hint: what it says of amounts and states is not read, only what to look at.

use domain::Time;
use serde::Deserialize;

use super::Stripe;
use super::error::StripeError;
use super::form::Form;
use super::objects::Page;
use super::signature::SignatureError;

/// Something has happened to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The event's id.
    pub id: String,
    /// Its kind: `payment_intent.succeeded`.
    pub kind: String,
    /// When it happened, by Stripe's clock.
    pub created: Time,
    /// What to look at.
    pub subject: Option<Subject>,
}

/// What an event says to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A payment: itself, or what was refunded or disputed of it.
    Payment(String),
    /// A page that is paid on.
    Checkout(String),
    /// A subscription, or an invoice of it.
    Subscription(String),
}

impl Subject {
    /// The word of its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Payment(_) => "payment",
            Self::Checkout(_) => "checkout",
            Self::Subscription(_) => "subscription",
        }
    }

    /// The subject of that kind and id.
    pub fn of(kind: &str, id: &str) -> Option<Self> {
        let all = [Self::Payment, Self::Checkout, Self::Subscription];
        all.into_iter().map(|of| of(id.to_owned())).find(|of| of.kind() == kind)
    }

    /// The id of what to look at.
    pub fn id(&self) -> &str {
        match self {
            Self::Payment(id) | Self::Checkout(id) | Self::Subscription(id) => id,
        }
    }
}

/// Why a webhook is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HintError {
    /// It is not signed as it must be.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It is signed, and no event.
    #[error("the event can't be read")]
    Unreadable,
    /// It is of the other mode: test money in a live book, or the reverse.
    #[error("the event is of the other mode")]
    OtherMode,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    livemode: bool,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

/// What of any object says what to look at.
#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    id: Option<String>,
    #[serde(rename = "object")]
    kind: String,
    #[serde(default)]
    payment_intent: Option<Reference>,
    #[serde(default)]
    subscription: Option<Reference>,
    #[serde(default)]
    parent: Option<Parent>,
}

#[derive(Deserialize)]
struct Parent {
    #[serde(default)]
    subscription_details: Option<SubscriptionDetails>,
}

#[derive(Deserialize)]
struct SubscriptionDetails {
    #[serde(default)]
    subscription: Option<Reference>,
}

/// An id, or the whole object.
#[derive(Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Whole { id: String },
}

impl Reference {
    fn id(self) -> String {
        match self {
            Self::Id(id) | Self::Whole { id } => id,
        }
    }
}

/// The most characters of an event's id or kind.
const CHARS_MAX: usize = 255;

impl Stripe {
    /// What a webhook says, if it is one of Stripe's for this book.
    pub fn hint(&self, header: &str, body: &[u8], now: Time) -> Result<Hint, HintError> {
        self.webhooks.verify(header, body, now)?;
        let event: Event = serde_json::from_slice(body).map_err(|_| HintError::Unreadable)?;
        if event.livemode != self.is_live {
            return Err(HintError::OtherMode);
        }
        let fits = |text: &str| !text.is_empty() && text.len() <= CHARS_MAX && !text.contains('\0');
        if !event.id.starts_with("evt_") || !fits(&event.id) || !fits(&event.kind) {
            return Err(HintError::Unreadable);
        }
        Ok(event.hint())
    }

    /// Events since then, newest first, at most so many pages of a hundred:
    /// those that were never delivered are among them.
    pub async fn events_since(
        &self,
        since: Time,
        pages_max: usize,
    ) -> Result<Vec<Hint>, StripeError> {
        let seconds = since.micros().div_euclid(Time::SECOND);
        let mut hints = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..pages_max {
            let query = Form::default()
                .with("limit", 100)
                .with("created[gte]", seconds)
                .maybe("starting_after", after.as_ref());
            let page: Page<Event> = self.http.get("/v1/events", query).await?;
            after = page.data.last().map(|event| event.id.clone());
            hints.extend(page.data.into_iter().map(Event::hint));
            if !page.has_more {
                break;
            }
        }
        Ok(hints)
    }
}

impl Event {
    fn hint(self) -> Hint {
        let created = Time::from_micros(self.created.saturating_mul(Time::SECOND));
        let subject = self.data.object.subject();
        Hint { id: self.id, kind: self.kind, created, subject }
    }
}

impl Object {
    fn subject(self) -> Option<Subject> {
        let payment = self.payment_intent.map(Reference::id);
        match self.kind.as_str() {
            "payment_intent" => self.id.map(Subject::Payment),
            "checkout.session" => self.id.map(Subject::Checkout),
            "subscription" => self.id.map(Subject::Subscription),
            "invoice" => {
                let details = self.parent.and_then(|parent| parent.subscription_details);
                let of = details.and_then(|details| details.subscription).or(self.subscription);
                of.map(Reference::id).map(Subject::Subscription)
            }
            "charge" | "refund" | "dispute" => payment.map(Subject::Payment),
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
