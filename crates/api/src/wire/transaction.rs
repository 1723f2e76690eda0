//! Transactions, and what asks for them.

use app::{Particulars, SpendRequest, Transaction, TransactionFilter, Whose};
use domain::{Quantity, Text, TransactionType, TxId, instant};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::{charge, owner, page, whose};
use super::collection::{LabelsIn, MetadataIn, QuantitiesIn};
use super::input::{In, text};
use super::output::{Decimal, Dictionary, Instant, Shown, Verbatim};
use super::scalar::{
    Amount, DescriptionIn, ServiceKeyIn, TextIn, TimeIn, TransactionTypeIn, UserIdIn, WholeIn,
};
use crate::extract::Body;
use crate::problem::Problem;

/// A spend.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"user_id": 7, "amount": 2.5, "description": "One report"})))]
pub(crate) struct SpendBody {
    /// Whose credits. A key names a user; a user is the default for themselves.
    user_id: Option<UserIdIn>,
    /// How much. Exactly one of `amount` and `quantities`.
    amount: Option<Amount>,
    /// For what. Needed with `quantities`.
    service: Option<ServiceKeyIn>,
    /// What was used; the service's price says how much that is.
    quantities: Option<QuantitiesIn>,
    /// In words.
    description: Option<DescriptionIn>,
    /// The job it is for.
    job_id: Option<TextIn>,
    /// Pairs to slice usage by.
    labels: Option<LabelsIn>,
    /// Yours, given back as it is.
    metadata: Option<MetadataIn>,
    /// When the work was done, if that was earlier.
    occurred_at: Option<TimeIn>,
}

impl Body for SpendBody {
    type Request = SpendRequest;

    fn into_request(self) -> Result<SpendRequest, Problem> {
        Ok(SpendRequest {
            whose: owner(self.user_id),
            charge: charge(self.amount, self.service, self.quantities)?,
            particulars: Particulars {
                description: self.description.map(In::into),
                job: self.job_id.map(In::into),
                labels: self.labels.map(In::into).unwrap_or_default(),
                metadata: self.metadata.map(In::into),
                occurred_at: self.occurred_at.map(In::into),
            },
        })
    }
}

/// Which transactions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TransactionsQuery {
    /// Whose. A key names a user here or by `external_id`.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// Whose, by the id in your system.
    #[param(value_type = Option<String>)]
    external_id: Option<TextIn>,
    /// Only of this type.
    #[param(value_type = Option<String>)]
    transaction_type: Option<TransactionTypeIn>,
    /// Not before: an RFC 3339 time, or a date for its whole day in UTC.
    #[param(value_type = Option<String>)]
    start_date: Option<In<Start>>,
    /// Not after, itself included: a time, or a date for its whole day in UTC.
    #[param(value_type = Option<String>)]
    end_date: Option<In<End>>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}
