//! Payments by Stripe: payment intents, and checkout sessions around them.

use domain::Cents;
use secrecy::SecretString;

use super::Stripe;
use super::error::StripeError;
use super::form::Form;
use super::objects::{Checkout, Intent, currency, customer, intent, unreadable};
use crate::hex::hex;
use crate::ids::CheckoutId;
use crate::payments::{Asked, Payment, PaymentError, PaymentState, Step, Todo, Way};

impl Stripe {
    pub(crate) async fn progress(&self, asked: &Asked) -> Result<Payment, PaymentError> {
        match (&asked.way, &asked.intent, &asked.checkout) {
            (Way::Checkout { .. }, _, Some(page)) => Ok(self.page(page).await?.payment()?),
            (_, Some(id), _) => Ok(self.intent(id.as_str()).await?.payment()?),
            (Way::Checkout { success_url, cancel_url }, None, None) => {
                Ok(self.make_page(asked, success_url, cancel_url).await?.payment()?)
            }
            (Way::Intent(_) | Way::Kept(_), None, _) => {
                Ok(self.make_intent(asked).await?.payment()?)
            }
        }
    }

    /// Pays with what was named. A refusal is a state of the payment.
    pub(crate) async fn confirm(&self, asked: &Asked) -> Result<Payment, PaymentError> {
        let id = asked.intent.as_ref().ok_or(PaymentError::NotFound)?;
        let is_away = matches!(asked.way, Way::Kept(_));
        let form = Form::default().maybe("off_session", is_away.then_some(true));
        let key = format!("purchase:{}:confirm", hex(&asked.reference));
        let path = format!("/v1/payment_intents/{id}/confirm");
        match self.http.post::<Intent>(&path, &key, form).await {
            Ok(intent) => Ok(intent.payment()?),
            // How far it is after all, it says itself.
            Err(StripeError::Declined(decline)) => {
                let payment = self.intent(id.as_str()).await?.payment()?;
                Ok(payment.with_decline(decline))
            }
            Err(StripeError::Refused(_)) => Ok(self.intent(id.as_str()).await?.payment()?),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn cancel(&self, asked: &Asked) -> Result<Payment, PaymentError> {
        // What was never asked for is, under its key, so that it is nobody's later.
        let now = match self.progress(asked).await {
            // Refused, so there is nothing that anybody could pay.
            Err(PaymentError::Stripe(StripeError::Refused(_))) if asked.is_unnamed() => {
                return Ok(Payment::never_made(asked));
            }
            now => now?,
        };
        if !matches!(now.state, PaymentState::Open(_)) {
            return Ok(now);
        }
        // Under no key that is kept: a refusal that was right then is none later.
        let ended = match (&now.checkout, &now.intent) {
            (Some(page), _) => {
                let path = format!("/v1/checkout/sessions/{page}/expire");
                let form = Form::default().with("expand[0]", "payment_intent");
                self.http.post_new::<Checkout>(&path, form).await.and_then(Checkout::payment)
            }
            (None, Some(id)) => {
                let path = format!("/v1/payment_intents/{id}/cancel");
                let ended = self.http.post_new::<Intent>(&path, Form::default()).await;
                ended.and_then(Intent::payment)
            }
            (None, None) => return Err(PaymentError::Unnamed),
        };
        match ended {
            Ok(payment) => Ok(payment),
            // It was paid, or is at work, at this moment: it says itself.
            Err(StripeError::Refused(_)) => {
                let (intent, checkout) = (now.intent, now.checkout);
                self.progress(&Asked { intent, checkout, ..asked.clone() }).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn intent(&self, id: &str) -> Result<Intent, PaymentError> {
        let path = format!("/v1/payment_intents/{id}");
        known(self.http.get(&path, Form::default()).await)
    }

    async fn page(&self, id: &CheckoutId) -> Result<Checkout, PaymentError> {
        let path = format!("/v1/checkout/sessions/{id}");
        known(self.http.get(&path, Form::default().with("expand[0]", "payment_intent")).await)
    }

    async fn make_intent(&self, asked: &Asked) -> Result<Intent, StripeError> {
        let form = described(asked, "metadata")
            .with("amount", asked.amount.count())
            .with("currency", asked.currency.as_str().to_ascii_lowercase())
            .maybe("customer", asked.customer.as_ref())
            .maybe("payment_method", asked.way.method());
        // What a server confirms can't lead a payer to another page.
        let form = match asked.way.method() {
            Some(_) => form.with("payment_method_types[0]", "card"),
            None => form,
        };
        let key = format!("purchase:{}", hex(&asked.reference));
        self.http.post("/v1/payment_intents", &key, form).await
    }

    async fn make_page(
        &self,
        asked: &Asked,
        success_url: &str,
        cancel_url: &str,
    ) -> Result<Checkout, StripeError> {
        let price = "line_items[0][price_data]";
        let form = described(asked, "payment_intent_data[metadata]")
            .with("mode", "payment")
            .with("success_url", success_url)
            .with("cancel_url", cancel_url)
            .maybe("customer", asked.customer.as_ref())
            .with("line_items[0][quantity]", 1)
            .with(&format!("{price}[currency]"), asked.currency.as_str().to_ascii_lowercase())
            .with(&format!("{price}[unit_amount]"), asked.amount.count())
            .with(&format!("{price}[product_data][name]"), "Credits")
            .with("expand[0]", "payment_intent");
        let key = format!("purchase:{}", hex(&asked.reference));
        self.http.post("/v1/checkout/sessions", &key, form).await
    }
}

/// For people who look at Stripe's own pages; nothing is read back from it.
fn described(asked: &Asked, field: &str) -> Form {
    Form::default()
        .with(&format!("{field}[purchase]"), asked.purchase.number())
        .with(&format!("{field}[user]"), asked.user.number())
}

fn known<T>(answer: Result<T, StripeError>) -> Result<T, PaymentError> {
    answer.map_err(|error| match error {
        StripeError::NotFound => PaymentError::NotFound,
        error => error.into(),
    })
}

impl Intent {
    fn payment(self) -> Result<Payment, StripeError> {
        let state = match self.status.as_str() {
            "succeeded" => PaymentState::Paid,
            "processing" | "requires_capture" => PaymentState::Processing,
            "canceled" => PaymentState::Cancelled,
            "requires_payment_method" => self.todo(Step::Method),
            "requires_confirmation" => self.todo(Step::Confirm),
            "requires_action" => self.todo(Step::Action),
            _ => return Err(unreadable("the status of a payment")),
        };
        Ok(Payment {
            intent: Some(intent(&self.id)?),
            checkout: None,
            amount: self.paid(),
            currency: currency(&self.currency)?,
            customer: customer(self.customer.as_deref())?,
            state,
        })
    }

    fn todo(&self, step: Step) -> PaymentState {
        PaymentState::Open(Todo {
            step,
            client_secret: self.client_secret.clone().map(SecretString::from),
            checkout_url: None,
            declined: self.last_payment_error.clone().map(Into::into),
        })
    }
}

impl Checkout {
    fn payment(self) -> Result<Payment, StripeError> {
        let checkout = CheckoutId::parse(&self.id).map_err(|_| unreadable("the id of a page"))?;
        let is_open = self.status.as_deref() == Some("open");
        let of_page = self.clone().without_intent(checkout.clone())?;
        let Some(intent) = self.payment_intent else { return Ok(of_page) };
        let payment = Payment { checkout: Some(checkout), ..intent.payment()? };
        // While the page is open, it says what is to be done.
        match (payment.state, of_page.state) {
            (PaymentState::Open(todo), PaymentState::Open(page)) if is_open => {
                let checkout_url = page.checkout_url;
                let state = PaymentState::Open(Todo { checkout_url, ..todo });
                Ok(Payment { state, ..of_page })
            }
            // A page that has ended or is complete takes no other payment method. What a
            // payer's bank still asks about may be paid yet.
            (PaymentState::Open(todo), PaymentState::Cancelled) if todo.step != Step::Action => {
                Ok(Payment { intent: payment.intent, state: PaymentState::Cancelled, ..of_page })
            }
            (PaymentState::Open(todo), PaymentState::Processing) if todo.step == Step::Method => {
                Ok(Payment { intent: payment.intent, state: PaymentState::Cancelled, ..of_page })
            }
            (state, _) => Ok(Payment { state, ..payment }),
        }
    }

    fn without_intent(self, checkout: CheckoutId) -> Result<Payment, StripeError> {
        let state = match (self.status.as_deref(), self.payment_status.as_str()) {
            (Some("complete"), _) => PaymentState::Processing,
            (Some("expired"), _) => PaymentState::Cancelled,
            _ => PaymentState::Open(Todo {
                step: Step::Method,
                client_secret: None,
                checkout_url: self.url,
                declined: None,
            }),
        };
        let code = self.currency.as_deref().ok_or_else(|| unreadable("a page's currency"))?;
        let total = self.amount_total.ok_or_else(|| unreadable("a page's total"))?;
        Ok(Payment {
            intent: None,
            checkout: Some(checkout),
            amount: Cents::from_count(total),
            currency: currency(code)?,
            customer: customer(self.customer.as_deref())?,
            state,
        })
    }
}

impl Payment {
    /// One that the provider would not begin.
    fn never_made(asked: &Asked) -> Self {
        Self {
            intent: None,
            checkout: None,
            amount: asked.amount,
            currency: asked.currency,
            customer: asked.customer.clone(),
            state: PaymentState::Cancelled,
        }
    }

    /// With why the last try was refused, where the payment itself doesn't say.
    fn with_decline(self, decline: super::error::Decline) -> Self {
        let state = match self.state {
            PaymentState::Open(todo) => {
                let declined = todo.declined.or(Some(decline));
                PaymentState::Open(Todo { declined, ..todo })
            }
            other => other,
        };
        Self { state, ..self }
    }
}
