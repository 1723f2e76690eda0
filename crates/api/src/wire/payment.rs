//! Payments that are begun, and the pages they are made on.

use app::{PageUrls, PaymentNeeded, PaymentRequest, PurchaseAsk, PurchaseRequest};
use domain::{Currency, Description};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::charge::owner;
use super::input::In;
use super::output::{Decimal, Instant, Shown};
use super::scalar::{
    Amount, DescriptionIn, PageUrl, PageUrlIn, PromotionCodeIn, QuoteTokenIn, UserIdIn,
};
use crate::extract::Form;
use crate::problem::Problem;

/// What stands for a description where none is given.
const CREDITS: &str = "Credits";

/// A payment that the client's own page makes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"amount": 1000, "user_id": 7})))]
pub(crate) struct PaymentIntentBody {
    /// For whom. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
    /// How many credits.
    amount: Amount,
    /// In words; `Credits` if absent.
    description: Option<DescriptionIn>,
    /// To pay less.
    promotion_code: Option<PromotionCodeIn>,
    /// The price that purchase/validate promised: exactly that is paid.
    quote: Option<QuoteTokenIn>,
}

impl Form for PaymentIntentBody {
    type Request = PaymentRequest;

    fn into_request(self) -> Result<PaymentRequest, Problem> {
        Ok(PaymentRequest { purchase: self.purchase()?, page: None })
    }
}

impl PaymentIntentBody {
    fn purchase(self) -> Result<PurchaseRequest, Problem> {
        let description = match self.description {
            Some(description) => description.into_inner(),
            None => Description::parse(CREDITS).map_err(Problem::internal)?,
        };
        Ok(PurchaseRequest {
            ask: PurchaseAsk {
                whose: owner(self.user_id),
                credits: self.amount.into_inner(),
                promotion: self.promotion_code.map(In::into_inner),
            },
            description,
            intent: None,
            method: None,
            quote: self.quote.map(In::into_inner),
        })
    }
}

/// A payment that is made on a page of the provider's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "amount": 1000, "user_id": 7,
    "success_url": "https://app.example.com/credits?bought=1",
    "cancel_url": "https://app.example.com/credits"
})))]
pub(crate) struct CheckoutSessionBody {
    /// For whom. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
    /// How many credits.
    amount: Amount,
    /// In words; `Credits` if absent.
    description: Option<DescriptionIn>,
    /// To pay less.
    promotion_code: Option<PromotionCodeIn>,
    /// The price that purchase/validate promised: exactly that is paid.
    quote: Option<QuoteTokenIn>,
    /// Where the page leads on to once it is paid.
    success_url: PageUrlIn,
    /// Where it leads on to if it is not.
    cancel_url: PageUrlIn,
}

impl Form for CheckoutSessionBody {
    type Request = PaymentRequest;

    fn into_request(self) -> Result<PaymentRequest, Problem> {
        let (PageUrl(success_url), PageUrl(cancel_url)) =
            (self.success_url.into_inner(), self.cancel_url.into_inner());
        let Self { user_id, amount, description, promotion_code, quote, .. } = self;
        let body = PaymentIntentBody { user_id, amount, description, promotion_code, quote };
        let page = Some(PageUrls { success_url, cancel_url });
        Ok(PaymentRequest { purchase: body.purchase()?, page })
    }
}

/// A payment as the client's own page makes it.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the payment has its name on the wire")]
pub(crate) struct PaymentIntent {
    /// Name it with the purchase once it is paid; the credits come by themselves
    /// too.
    #[schema(examples("pi_3Pq9"))]
    payment_intent_id: Option<String>,
    /// What the page pays with.
    #[schema(examples("pi_3Pq9_secret_x"))]
    client_secret: Option<String>,
    /// How far it is, in the provider's words.
    #[schema(value_type = String, examples("requires_payment_method"))]
    status: &'static str,
    /// What is paid, in dollars.
    amount: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    purchase_id: i64,
    /// Until when it can be begun.
    expires_at: Option<Instant>,
}

impl From<PaymentNeeded> for PaymentIntent {
    fn from(needed: PaymentNeeded) -> Self {
        Self {
            client_secret: needed.client_secret.as_ref().map(shown),
            payment_intent_id: needed.intent,
            status: needed.status,
            amount: needed.amount.into(),
            currency: Shown(needed.currency),
            purchase_id: needed.purchase.number(),
            expires_at: needed.pay_by.map(Instant),
        }
    }
}

/// The one place where a client's secret is shown: to the client.
fn shown(secret: &SecretString) -> String {
    secret.expose_secret().to_owned()
}

/// A page that is paid on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckoutSession {
    /// What the provider calls it.
    #[schema(examples("cs_test_a1"))]
    session_id: Option<String>,
    /// Where to send the payer; none once nothing is to be done.
    url: Option<String>,
    /// The same.
    checkout_url: Option<String>,
    /// How far the payment is, in the provider's words.
    #[schema(value_type = String, examples("requires_payment_method"))]
    status: &'static str,
    /// What is paid, in dollars.
    amount: Decimal,
    #[schema(value_type = String, examples("USD"))]
    currency: Shown<Currency>,
    purchase_id: i64,
    /// Until when it can be begun.
    expires_at: Option<Instant>,
}

impl From<PaymentNeeded> for CheckoutSession {
    fn from(needed: PaymentNeeded) -> Self {
        Self {
            session_id: needed.checkout,
            url: needed.checkout_url.clone(),
            checkout_url: needed.checkout_url,
            status: needed.status,
            amount: needed.amount.into(),
            currency: Shown(needed.currency),
            purchase_id: needed.purchase.number(),
            expires_at: needed.pay_by.map(Instant),
        }
    }
}

/// Whose portal, and where it leads back to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"user_id": 7, "return_url": "https://app.example.com/billing"})))]
pub(crate) struct PortalBody {
    /// Whose. A key names a user; a person leaves it out.
    user_id: Option<UserIdIn>,
    /// Where it leads back to.
    return_url: PageUrlIn,
}

impl Form for PortalBody {
    type Request = (app::Whose, String);

    fn into_request(self) -> Result<Self::Request, Problem> {
        let PageUrl(return_url) = self.return_url.into_inner();
        Ok((owner(self.user_id), return_url))
    }
}

/// Where somebody looks after what they pay with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerPortal {
    /// Good for a few minutes.
    #[schema(examples("https://billing.stripe.com/p/session/test_a1"))]
    url: String,
}

impl From<String> for CustomerPortal {
    fn from(url: String) -> Self {
        Self { url }
    }
}
