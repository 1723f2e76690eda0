//! Transactions, and what asks for them.

use app::{Particulars, SpendRequest, Transaction, TransactionFilter, Whose};
use domain::{Quantity, SubscriptionId, Text, Time, TxId, instant};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::Schema;
use utoipa::{IntoParams, ToSchema};

use super::charge::{charge, owner, page, whose};
use super::collection::{LabelsIn, MetadataIn, QuantitiesIn};
use super::input::{In, Wire, text};
use super::output::{Decimal, Dictionary, Instant, Shown, Verbatim, dictionary};
use super::scalar::{
    Amount, DescriptionIn, ServiceKeyIn, TextIn, TimeIn, TransactionTypeIn, UserIdIn, WholeIn,
};
use super::subscription::UserSubscription;
use crate::extract::Form;
use crate::problem::Problem;

/// A spend.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"user_id": 7, "amount": 2.5, "description": "One report"})))]
pub(crate) struct SpendBody {
    /// Whose credits. A key names a user; a person leaves it out.
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

impl Form for SpendBody {
    type Request = SpendRequest;

    fn into_request(self) -> Result<SpendRequest, Problem> {
        Ok(SpendRequest {
            whose: owner(self.user_id),
            charge: charge(self.amount, self.service, self.quantities)?,
            particulars: Particulars {
                description: self.description.map(In::into_inner),
                job: self.job_id.map(In::into_inner),
                labels: self.labels.map(In::into_inner).unwrap_or_default(),
                metadata: self.metadata.map(In::into_inner),
                occurred_at: self.occurred_at.map(In::into_inner),
            },
        })
    }
}

/// Which transactions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TransactionsQuery {
    /// Whose. A key names a user, here or by `external_id`.
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

/// Which transactions of whom, and which page of them.
pub(crate) struct TransactionsAsked {
    pub(crate) whose: Whose,
    pub(crate) filter: TransactionFilter,
    pub(crate) page: app::Page,
}

impl Form for TransactionsQuery {
    type Request = TransactionsAsked;

    fn into_request(self) -> Result<TransactionsAsked, Problem> {
        Ok(TransactionsAsked {
            whose: whose(self.user_id, self.external_id)?,
            filter: filter(self.transaction_type, self.start_date, self.end_date),
            page: page(self.page, self.page_size)?,
        })
    }
}

/// Which transactions of the user in the path.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserTransactionsQuery {
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

/// Which transactions of a user that is known later, and which page of them.
pub(crate) struct UserTransactionsAsked {
    pub(crate) filter: TransactionFilter,
    pub(crate) page: app::Page,
}

impl Form for UserTransactionsQuery {
    type Request = UserTransactionsAsked;

    fn into_request(self) -> Result<UserTransactionsAsked, Problem> {
        Ok(UserTransactionsAsked {
            filter: filter(self.transaction_type, self.start_date, self.end_date),
            page: page(self.page, self.page_size)?,
        })
    }
}

fn filter(
    transaction_type: Option<TransactionTypeIn>,
    start: Option<In<Start>>,
    end: Option<In<End>>,
) -> TransactionFilter {
    TransactionFilter {
        transaction_type: transaction_type.map(In::into_inner),
        from: start.map(|In(Start(time))| time),
        to: end.map(|In(End(time))| time),
    }
}

/// The beginning of a range of time.
#[derive(Debug)]
pub(super) struct Start(pub(super) Time);

/// The end of a range of time, which belongs to it.
#[derive(Debug)]
pub(super) struct End(pub(super) Time);

macro_rules! ends {
    ($($kind:ident, $parse:path;)+) => {$(
        impl Wire for $kind {
            const NAME: &'static str = stringify!($kind);

            fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                text(from, |day| $parse(day).map($kind))
            }

            fn schema() -> Schema {
                <Time as Wire>::schema()
            }
        }
    )+};
}

ends! {
    Start, instant::parse_start;
    End, instant::parse_end;
}

/// A change of a user's balance. It never changes itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreditTransaction {
    #[schema(value_type = String, examples("tx_1_42"))]
    id: Shown<TxId>,
    #[schema(examples(7))]
    user_id: i64,
    /// Positive in, negative out.
    amount: Decimal,
    description: String,
    #[schema(value_type = TransactionTypeIn)]
    transaction_type: &'static str,
    subscription_id: Option<i64>,
    #[schema(value_type = Option<String>)]
    job_id: Option<Shown<Text>>,
    /// What was paid for the credits, in dollars; null on spends.
    dollar_amount: Option<Decimal>,
    stripe_payment_intent_id: Option<String>,
    /// Yours, as it came.
    #[schema(value_type = Option<MetadataIn>)]
    metadata: Option<Verbatim>,
    created_at: Instant,
    /// The subscription that caused it, as it is now, where transactions are listed or
    /// looked at.
    subscription: Option<Box<UserSubscription>>,
    /// Its place in the journal.
    seq: i64,
    /// Its place among the user's transactions, from 1 without gaps.
    account_seq: i64,
    /// All credits of the user behind it.
    balance_after: Decimal,
    #[schema(value_type = Option<String>)]
    service: Option<Shown<Text>>,
    #[schema(value_type = Option<LabelsIn>)]
    labels: Option<Dictionary<Shown<Text>>>,
    /// The version of the service's price, where a price made the amount.
    price_version: Option<i64>,
    /// What was used.
    #[schema(value_type = Option<QuantitiesIn>)]
    quantities: Option<Dictionary<Decimal>>,
    /// The hold it captured.
    #[schema(value_type = Option<String>)]
    hold_id: Option<Shown<domain::HoldId>>,
    /// When the work was done, where the caller said so.
    occurred_at: Option<Instant>,
    /// When it took effect, where that was before it was recorded: an expiry.
    effective_at: Option<Instant>,
}

impl From<Transaction> for CreditTransaction {
    fn from(transaction: Transaction) -> Self {
        Self {
            id: Shown(transaction.id),
            user_id: transaction.user.number(),
            amount: transaction.amount.into(),
            description: transaction.description,
            transaction_type: transaction.transaction_type.as_str(),
            subscription_id: transaction.subscription.map(SubscriptionId::number),
            job_id: transaction.job.map(Shown),
            dollar_amount: transaction.paid.map(Decimal::from),
            stripe_payment_intent_id: transaction.payment_intent,
            metadata: transaction.metadata.map(Verbatim::from),
            created_at: Instant(transaction.created_at),
            subscription: transaction.caused_by.map(|cause| Box::new((*cause).into())),
            seq: transaction.seq.number(),
            account_seq: transaction.account_seq,
            balance_after: transaction.balance_after.into(),
            service: transaction.service.map(Shown),
            labels: dictionary(transaction.labels, Shown),
            price_version: transaction.price_version,
            quantities: dictionary(transaction.quantities, used),
            hold_id: transaction.hold.map(Shown),
            occurred_at: transaction.occurred_at.map(Instant),
            effective_at: transaction.effective_at.map(Instant),
        }
    }
}

/// Millionths of a unit, which a record never has below zero.
fn used(millionths: i64) -> Decimal {
    Quantity::from_millionths(millionths).map_or(Decimal::Whole(0), Decimal::from)
}

/// A page of transactions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TransactionList {
    transactions: Vec<CreditTransaction>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<Transaction>> for TransactionList {
    fn from(listed: app::Listed<Transaction>) -> Self {
        Self {
            transactions: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
