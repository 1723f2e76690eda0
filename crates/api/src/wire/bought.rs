//! Purchases that were made, as their buyer looks at them.

use app::{PurchaseView, ReversalView, Whose};
use domain::{Cents, Currency, TxId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::{page, whose};
use super::output::{Decimal, Instant, Shown};
use super::purchase::CostLine;
use super::reversal::Reversal;
use super::scalar::{TextIn, UserIdIn, WholeIn};
use crate::extract::Form;
use crate::problem::Problem;

/// Which purchases.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PurchasesQuery {
    /// Whose. A key names a user, here or by `external_id`.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// Whose, by the id in your system.
    #[param(value_type = Option<String>)]
    external_id: Option<TextIn>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<WholeIn>,
    /// 1 to 100; 50 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    page_size: Option<WholeIn>,
}

impl Form for PurchasesQuery {
    type Request = (Whose, app::Page);

    fn into_request(self) -> Result<Self::Request, Problem> {
        Ok((whose(self.user_id, self.external_id)?, page(self.page, self.page_size)?))
    }
}

/// A purchase that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Purchase {
    #[schema(examples(7))]
    id: i64,
    #[schema(examples(7))]
    user_id: i64,
    /// `paying`, `granting`, `done` or `failed`.
    #[schema(value_type = String, examples("done"))]
    status: &'static str,
    /// How many credits.
    amount: Decimal,
    /// In words.
    description: Option<String>,
    /// What is paid, in dollars.
    total: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    /// What a credit cost whoever had nothing better.
    base_rate: Option<Decimal>,
    /// What it cost this buyer.
    your_rate: Option<Decimal>,
    /// Where the total comes from; they sum to it exactly.
    lines: Vec<CostLine>,
    /// The payment.
    #[schema(examples("pi_3Pq9"))]
    stripe_payment_intent_id: Option<String>,
    /// The transaction that its credits are.
    #[schema(value_type = Option<String>, examples("tx_1_42"))]
    transaction_id: Option<Shown<TxId>>,
    /// What went back of the money, in dollars.
    refunded: Decimal,
    /// Refunds that were made and chargebacks, oldest first.
    reversals: Vec<Reversal>,
    /// Where the receipt is, once the money is in.
    #[schema(examples("/api/credits/purchases/7/receipt"))]
    receipt_url: Option<String>,
    created_at: Instant,
    /// When its credits came.
    granted_at: Option<Instant>,
}

impl From<PurchaseView> for Purchase {
    fn from(view: PurchaseView) -> Self {
        let refunded: Cents = view.returned();
        let receipt = || format!("/api/credits/purchases/{}/receipt", view.id);
        Self {
            id: view.id.number(),
            user_id: view.user.number(),
            status: view.state.as_str(),
            amount: view.credits.into(),
            receipt_url: view.granted_at.map(|_| receipt()),
            description: view.description,
            total: view.total.into(),
            currency: Shown(view.currency),
            base_rate: view.price.base.map(Decimal::from),
            your_rate: view.price.unit.map(Decimal::from),
            lines: view.price.lines.into_iter().map(Into::into).collect(),
            stripe_payment_intent_id: view.intent.map(|intent| intent.to_string()),
            transaction_id: view.transaction.map(Shown),
            refunded: refunded.into(),
            reversals: view
                .reversals
                .into_iter()
                .filter(ReversalView::is_real)
                .map(Into::into)
                .collect(),
            created_at: Instant(view.created_at),
            granted_at: view.granted_at.map(Instant),
        }
    }
}

/// A page of purchases, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PurchaseList {
    purchases: Vec<Purchase>,
    /// How many there are on all pages.
    total_count: i64,
    page: i64,
    page_size: i64,
}

impl From<app::Listed<PurchaseView>> for PurchaseList {
    fn from(listed: app::Listed<PurchaseView>) -> Self {
        Self {
            purchases: listed.items.into_iter().map(Into::into).collect(),
            total_count: listed.total,
            page: listed.page.number(),
            page_size: listed.page.size(),
        }
    }
}
