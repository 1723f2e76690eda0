//! What something would cost, and what asks for it.

use app::{QuoteRequest, Whose};
use domain::{Dimension, Line, ServiceKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::collection::QuantitiesIn;
use super::input::In;
use super::output::{Decimal, Shown};
use super::scalar::{ServiceKeyIn, UserIdIn};
use crate::extract::Form;
use crate::problem::Problem;

/// What may be used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "service": "llm",
    "quantities": {"input_tokens": 1500, "output_tokens": 300},
    "user_id": 7
})))]
pub(crate) struct QuoteBody {
    /// Of which service.
    service: ServiceKeyIn,
    /// How much of it.
    quantities: QuantitiesIn,
    /// Whose credits would pay.
    user_id: Option<UserIdIn>,
}

impl Form for QuoteBody {
    type Request = QuoteRequest;

    fn into_request(self) -> Result<QuoteRequest, Problem> {
        Ok(QuoteRequest {
            whose: self.user_id.map(|In(id)| Whose::User(id)),
            service: self.service.into_inner(),
            quantities: self.quantities.into_inner(),
        })
    }
}

/// What it would cost now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Quote {
    #[schema(value_type = String, examples("llm"))]
    service: Shown<ServiceKey>,
    price_version: i64,
    amount: Decimal,
    lines: Vec<PriceLine>,
    /// Whether the service's minimum is charged because the lines are less.
    minimum_applied: bool,
    /// Whether the user has that much; null where none is named.
    affordable: Option<bool>,
}

impl From<app::Quote> for Quote {
    fn from(quote: app::Quote) -> Self {
        Self {
            service: Shown(quote.service),
            price_version: quote.price_version,
            amount: quote.amount.into(),
            lines: quote.lines.into_iter().map(Into::into).collect(),
            minimum_applied: quote.minimum_applied,
            affordable: quote.affordable,
        }
    }
}

/// What one dimension costs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PriceLine {
    #[schema(value_type = String, examples("input_tokens"))]
    dimension: Shown<Dimension>,
    quantity: Decimal,
    unit_price: Decimal,
    /// The part of the sum; all lines sum to it exactly.
    amount: Decimal,
}

impl From<Line> for PriceLine {
    fn from(line: Line) -> Self {
        Self {
            dimension: Shown(line.dimension),
            quantity: line.quantity.into(),
            unit_price: line.unit_price.into(),
            amount: line.amount.into(),
        }
    }
}
