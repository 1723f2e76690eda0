//! Money that goes back by Stripe: refunds that are asked for, and the refunds
//! and disputes of a payment as they are now.

use domain::{Cents, ReversalKind, ReversalState, Text};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Stripe;
use super::error::StripeError;
use super::form::Form;
use super::objects::{Page, currency, unreadable};
use crate::hex::hex;
use crate::refunds::{KnownPayment, MoneyBack, RefundError, RefundOrder};

/// The most pages of a hundred that one payment's lists are read: no payment has
/// more than a few of either.
const PAGES_MAX: usize = 10;

#[derive(Deserialize)]
struct Refund {
    id: String,
    amount: i64,
    currency: String,
    status: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

/// What we asked with. It links a refund to its row; how much came back is never
/// read from it.
#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    reference: Option<String>,
}

#[derive(Deserialize)]
struct Dispute {
    id: String,
    amount: i64,
    currency: String,
    status: String,
}

/// Anything in a list.
trait Listed: DeserializeOwned {
    fn id(&self) -> &str;
}

impl Listed for Refund {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Dispute {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Stripe {
    /// Gives money of a payment back. What was made before is found by its
    /// reference: Stripe forgets keys after a day or more, refunds never.
    pub(crate) async fn refund(&self, order: &RefundOrder) -> Result<MoneyBack, RefundError> {
        let reference = hex(&order.reference);
        let made: Vec<Refund> = self.all_of("/v1/refunds", order.intent.as_str()).await?;
        if let Some(made) = made.into_iter().find(|made| made.is_named(&reference)) {
            return made.money_back();
        }
        let form = Form::default()
            .with("payment_intent", &order.intent)
            .with("amount", order.amount.count())
            .with("metadata[reference]", &reference);
        let key = format!("refund:{reference}");
        match self.http.post::<Refund>("/v1/refunds", &key, form).await {
            Ok(refund) => refund.money_back(),
            Err(StripeError::Refused(reason)) => Err(RefundError::Declined { reason }),
            Err(StripeError::NotFound) => {
                let reason = "there is no such payment".to_owned();
                Err(RefundError::Declined { reason })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Every refund and chargeback of a payment, as it is now.
    pub(crate) async fn money_back(
        &self,
        of: &KnownPayment,
    ) -> Result<Vec<MoneyBack>, RefundError> {
        let intent = of.intent.as_str();
        let mut all = Vec::new();
        for refund in self.all_of::<Refund>("/v1/refunds", intent).await? {
            all.push(refund.money_back()?);
        }
        for dispute in self.all_of::<Dispute>("/v1/disputes", intent).await? {
            all.extend(dispute.money_back()?);
        }
        Ok(all)
    }

    async fn all_of<T: Listed>(&self, path: &str, intent: &str) -> Result<Vec<T>, StripeError> {
        let mut all: Vec<T> = Vec::new();
        for _ in 0..PAGES_MAX {
            let query = Form::default()
                .with("payment_intent", intent)
                .with("limit", 100)
                .maybe("starting_after", all.last().map(Listed::id));
            let page: Page<T> = self.http.get(path, query).await?;
            all.extend(page.data);
            if !page.has_more {
                return Ok(all);
            }
        }
        Err(unreadable("more of one payment than there can be"))
    }
}

impl Refund {
    fn is_named(&self, reference: &str) -> bool {
        let named = self.metadata.as_ref().and_then(|metadata| metadata.reference.as_deref());
        named == Some(reference)
    }

    fn money_back(self) -> Result<MoneyBack, RefundError> {
        let state = match self.status.as_deref() {
            Some("failed" | "canceled") => ReversalState::Kept,
            // On its way is as good as there, until it fails.
            _ => ReversalState::Returned,
        };
        let reference = self.metadata.and_then(|metadata| metadata.reference);
        Ok(MoneyBack {
            id: name(&self.id)?,
            reference: reference.as_deref().and_then(bytes),
            kind: ReversalKind::Refund,
            state,
            amount: Cents::from_count(self.amount),
            currency: currency(&self.currency)?,
        })
    }
}

impl Dispute {
    /// A bank that only asks takes nothing yet.
    fn money_back(self) -> Result<Option<MoneyBack>, RefundError> {
        let state = match self.status.as_str() {
            "lost" => ReversalState::Returned,
            "won" => ReversalState::Kept,
            // It was settled before any money moved.
            "prevented" => return Ok(None),
            warning if warning.starts_with("warning_") => return Ok(None),
            _ => ReversalState::Opened,
        };
        Ok(Some(MoneyBack {
            id: name(&self.id)?,
            reference: None,
            kind: ReversalKind::Chargeback,
            state,
            amount: Cents::from_count(self.amount),
            currency: currency(&self.currency)?,
        }))
    }
}

fn name(id: &str) -> Result<Text, RefundError> {
    let unreadable = || RefundError::Unavailable { reason: "an id that can't be kept".to_owned() };
    Text::parse(id).map_err(|_| unreadable())
}

fn bytes(digits: &str) -> Option<[u8; 16]> {
    data_encoding::HEXLOWER.decode(digits.as_bytes()).ok()?.try_into().ok()
}

impl From<StripeError> for RefundError {
    fn from(error: StripeError) -> Self {
        Self::Unavailable { reason: error.to_string() }
    }
}
