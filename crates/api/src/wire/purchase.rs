//! Purchases, what they would cost, and what asks for them. The same fields
//! may come in a body or in a query.

use app::{Hindrance, PurchaseAsk, PurchaseRequest};
use domain::{Credits, Currency, NotApplicable, Promotion, PurchaseLine, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::charge::owner;
use super::input::In;
use super::output::{Decimal, Instant, Shown};
use super::promotion::AppliedPromotion;
use super::rate::BulkTier;
use super::scalar::{
    Amount, DescriptionIn, PaymentIntentIn, PaymentMethodIn, PromotionCodeIn, QuoteTokenIn,
    UserIdIn,
};
use crate::extract::Form;
use crate::problem::Problem;

/// A purchase that is thought of.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[schema(examples(json!({"amount": 1000, "user_id": 7})))]
pub(crate) struct PurchaseValidateBody {
    /// For whom. A key names a user; a person leaves it out.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// How many credits.
    #[param(value_type = Option<f64>)]
    amount: Amount,
    /// To pay less.
    #[param(value_type = Option<String>)]
    promotion_code: Option<PromotionCodeIn>,
}

impl Form for PurchaseValidateBody {
    type Request = PurchaseAsk;

    fn into_request(self) -> Result<PurchaseAsk, Problem> {
        Ok(PurchaseAsk {
            whose: owner(self.user_id),
            credits: self.amount.into_inner(),
            promotion: self.promotion_code.map(In::into_inner),
        })
    }
}

/// A purchase.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[schema(examples(json!({"amount": 1000, "description": "More credits", "user_id": 7})))]
pub(crate) struct PurchaseBody {
    /// For whom. A key names a user; a person leaves it out.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserIdIn>,
    /// How many credits.
    #[param(value_type = Option<f64>)]
    amount: Amount,
    /// In words.
    #[param(value_type = Option<String>)]
    description: DescriptionIn,
    /// The payment that was made for it.
    #[param(value_type = Option<String>)]
    stripe_payment_intent_id: Option<PaymentIntentIn>,
    /// What pays for it at once: a payment method that the provider knows.
    #[param(value_type = Option<String>)]
    payment_method: Option<PaymentMethodIn>,
    /// To pay less.
    #[param(value_type = Option<String>)]
    promotion_code: Option<PromotionCodeIn>,
    /// The price that purchase/validate promised: exactly that is paid.
    #[param(value_type = Option<String>)]
    quote: Option<QuoteTokenIn>,
}

impl Form for PurchaseBody {
    type Request = PurchaseRequest;

    fn into_request(self) -> Result<PurchaseRequest, Problem> {
        Ok(PurchaseRequest {
            ask: PurchaseAsk {
                whose: owner(self.user_id),
                credits: self.amount.into_inner(),
                promotion: self.promotion_code.map(In::into_inner),
            },
            description: self.description.into_inner(),
            intent: self.stripe_payment_intent_id.map(In::into_inner),
            method: self.payment_method.map(In::into_inner),
            quote: self.quote.map(In::into_inner),
        })
    }
}

/// What a purchase would cost.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PurchaseOffer {
    /// Whether it would go through.
    can_purchase: bool,
    /// Why it would not.
    #[schema(examples("The account is paused."))]
    reason: Option<String>,
    /// What is paid, in dollars.
    estimated_cost: Decimal,
    /// What a credit of this amount costs before a promotion, to the millionth
    /// of a dollar.
    credit_rate: Decimal,
    credits_to_add: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    /// What a credit costs whoever has nothing better.
    base_rate: Decimal,
    /// What it costs this buyer: the lower of the base and their package's.
    your_rate: Decimal,
    /// The tier the amount reaches.
    bulk_tier: Option<BulkTier>,
    /// Where the cost comes from; they sum to it exactly.
    lines: Vec<CostLine>,
    /// The promotion in the price: one at most, the best for the buyer.
    promotion: Option<AppliedPromotion>,
    /// The credits that it gives beside those that are bought.
    bonus_credits: Decimal,
    /// The price promised until `expires_at`: send it with the purchase.
    #[schema(value_type = Option<QuoteTokenIn>)]
    quote: Option<String>,
    expires_at: Option<Instant>,
}

impl From<app::PurchaseOffer> for PurchaseOffer {
    fn from(offer: app::PurchaseOffer) -> Self {
        let (price, quote) = (offer.price, offer.quote);
        let bonus = offer.promotion.as_ref().map_or(Credits::ZERO, Promotion::free_credits);
        Self {
            can_purchase: offer.hindrance.is_none(),
            reason: offer.hindrance.map(reason),
            estimated_cost: price.total.into(),
            credit_rate: price.rate().into(),
            credits_to_add: price.credits.into(),
            currency: Shown(price.currency),
            base_rate: price.base.into(),
            your_rate: price.unit.into(),
            bulk_tier: price.tier.map(|tier| BulkTier::of(tier, price.unit)),
            lines: price.lines.into_iter().map(Into::into).collect(),
            promotion: offer.promotion.map(Into::into),
            bonus_credits: bonus.into(),
            expires_at: quote.as_ref().map(|quote| Instant(quote.expires_at)),
            quote: quote.map(|quote| quote.token.as_str().to_owned()),
        }
    }
}

/// What stands in the way, for people.
fn reason(hindrance: Hindrance) -> String {
    match hindrance {
        Hindrance::Promotion(NotApplicable::Unknown) => {
            "There is no promotion with this code.".to_owned()
        }
        Hindrance::Promotion(why) => format!("The promotion {why}."),
        Hindrance::BelowMinimum(least) => {
            format!("A payment is at least ${}.", least.to_price())
        }
        Hindrance::PaymentsNotSetUp => "Payments are not set up here.".to_owned(),
        Hindrance::Refused(Refusal::Paused) => "The account is paused.".to_owned(),
        Hindrance::Refused(Refusal::Suspended) => "The account is suspended.".to_owned(),
        Hindrance::Refused(_) => "The account has all the grants it may have.".to_owned(),
    }
}

/// A part of a cost.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CostLine {
    /// `base`, `package`, `bulk` or `promotion`.
    #[schema(value_type = String, examples("bulk"))]
    reason: &'static str,
    /// Dollars; negative where they are let go.
    amount: Decimal,
}

impl From<PurchaseLine> for CostLine {
    fn from(line: PurchaseLine) -> Self {
        Self { reason: line.reason.as_str(), amount: line.amount.into() }
    }
}
