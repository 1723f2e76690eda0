//! Payment intents: made, confirmed, cancelled; and what payers and their banks
//! do about them.

use serde_json::{Value, json};

use super::FakeStripe;
use super::answer::{Done, declined, invalid, missing, unexpected_state};
use super::form::{metadata, needed, whole};
use super::state::{State, number, text};

/// What a test card does, by a word in its name: Stripe's own names.
pub(super) enum Card {
    Pays,
    Declines(&'static str),
    /// Every time.
    Asks,
    /// Until its owner agreed to later payments.
    AsksOnce,
    PaysLater,
}

impl Card {
    pub(super) fn named(method: &str) -> Self {
        match () {
            () if method.contains("InsufficientFunds") => Self::Declines("insufficient_funds"),
            () if method.contains("chargeDeclined") => Self::Declines("generic_decline"),
            () if method.contains("authenticationRequiredOnSetup") => Self::AsksOnce,
            () if method.contains("authenticationRequired") => Self::Asks,
            () if method.contains("processing") => Self::PaysLater,
            () => Self::Pays,
        }
    }
}

impl State {
    pub(super) fn make_intent(&mut self, form: &Value) -> Done {
        let amount = whole(form, "amount")?;
        let currency = needed(form, "currency")?.to_owned();
        if amount < 50 {
            return Err(unexpected_state("amount_too_small"));
        }
        if let Some(customer) = form["customer"].as_str() {
            self.find(customer, "customer").ok_or_else(|| missing(customer))?;
        }
        let method = form["payment_method"].as_str();
        let id = self.id("pi_");
        let status =
            if method.is_some() { "requires_confirmation" } else { "requires_payment_method" };
        let intent = json!({
            "id": id,
            "object": "payment_intent",
            "amount": amount,
            "amount_received": 0,
            "canceled_at": null,
            "client_secret": format!("{id}_secret_fake"),
            "created": self.now,
            "currency": currency,
            "customer": form["customer"],
            "last_payment_error": null,
            "latest_charge": null,
            "livemode": false,
            "metadata": metadata(&form["metadata"]),
            "next_action": null,
            "payment_method": method,
            "payment_method_types": ["card"],
            "status": status,
        });
        let intent = self.keep(intent);
        self.happen("payment_intent.created", &intent);
        Ok(intent)
    }

    pub(super) fn confirm_intent(&mut self, id: &str, form: &Value) -> Done {
        let intent = self.find(id, "payment_intent").ok_or_else(|| missing(id))?;
        let method = form["payment_method"].as_str().or(intent["payment_method"].as_str());
        let method = method.ok_or_else(|| invalid("payment_method"))?.to_owned();
        let status = text(&intent, "status");
        if status != "requires_confirmation" && status != "requires_payment_method" {
            return Err(unexpected_state("payment_intent_unexpected_state"));
        }
        // What pays while its owner is away is a customer's.
        if form["off_session"] == "true" && self.find(&method, "payment_method").is_none() {
            return Err(invalid("payment_method"));
        }
        self.set(id, &[("payment_method", json!(method))]);
        match Card::named(&method) {
            Card::Pays => Ok(self.pay_intent(id)),
            Card::Declines(reason) => {
                self.decline_intent(id, reason);
                Err(declined(reason))
            }
            Card::AsksOnce if self.agreed.contains(&method) => Ok(self.pay_intent(id)),
            Card::Asks | Card::AsksOnce if form["off_session"] == "true" => {
                self.decline_intent(id, "authentication_required");
                Err(declined("authentication_required"))
            }
            Card::Asks | Card::AsksOnce => {
                let next = json!({"type": "use_stripe_sdk", "use_stripe_sdk": {}});
                let asks = [("status", json!("requires_action")), ("next_action", next)];
                let intent = self.set(id, &asks);
                self.happen("payment_intent.requires_action", &intent);
                Ok(intent)
            }
            Card::PaysLater => {
                let intent = self.set(id, &[("status", json!("processing"))]);
                self.happen("payment_intent.processing", &intent);
                Ok(intent)
            }
        }
    }

    pub(super) fn cancel_intent(&mut self, id: &str) -> Done {
        let intent = self.find(id, "payment_intent").ok_or_else(|| missing(id))?;
        if !text(&intent, "status").starts_with("requires_") {
            return Err(unexpected_state("payment_intent_unexpected_state"));
        }
        let ended = [
            ("status", json!("canceled")),
            ("canceled_at", json!(self.now)),
            ("next_action", Value::Null),
        ];
        let intent = self.set(id, &ended);
        self.happen("payment_intent.canceled", &intent);
        Ok(intent)
    }

    /// The money comes in.
    pub(super) fn pay_intent(&mut self, id: &str) -> Value {
        let intent = self.objects[id].clone();
        self.agreed.extend(intent["payment_method"].as_str().map(str::to_owned));
        let amount = number(&intent, "amount");
        let charge = self.id("ch_");
        let charge = json!({
            "id": charge,
            "object": "charge",
            "amount": amount,
            "amount_refunded": 0,
            "balance_transaction": null,
            "created": self.now,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "disputed": false,
            "livemode": false,
            "paid": true,
            "payment_intent": id,
            "refunded": false,
            "status": "succeeded",
        });
        let charge = self.keep(charge);
        let charge_id = text(&charge, "id");
        let moved = self.move_money("charge", &charge_id, amount);
        let charge = self.set(&charge_id, &[("balance_transaction", moved["id"].clone())]);
        let paid = [
            ("status", json!("succeeded")),
            ("amount_received", json!(amount)),
            ("latest_charge", json!(charge_id)),
            ("last_payment_error", Value::Null),
            ("next_action", Value::Null),
        ];
        let intent = self.set(id, &paid);
        self.happen("charge.succeeded", &charge);
        self.happen("payment_intent.succeeded", &intent);
        self.settle_invoice_of(id);
        intent
    }

    /// The bank refuses.
    pub(super) fn decline_intent(&mut self, id: &str, reason: &str) -> Value {
        let error = json!({"type": "card_error", "code": "card_declined",
            "decline_code": reason, "message": "Your card was declined."});
        let refused = [
            ("status", json!("requires_payment_method")),
            ("last_payment_error", error),
            ("next_action", Value::Null),
        ];
        let intent = self.set(id, &refused);
        self.happen("payment_intent.payment_failed", &intent);
        intent
    }

    fn expect_status(&self, id: &str, allowed: &[&str]) {
        let status = text(&self.objects[id], "status");
        assert!(allowed.contains(&status.as_str()), "{id} is {status}");
    }
}

impl FakeStripe {
    /// The payer pays on the client's page, with a card that needs nothing more.
    pub fn pay(&self, intent: &str) {
        let mut state = self.state();
        let open = ["requires_payment_method", "requires_confirmation", "requires_action"];
        state.expect_status(intent, &open);
        state.pay_intent(intent);
    }

    /// The payer tries a card that is refused.
    pub fn decline(&self, intent: &str) {
        self.state().decline_intent(intent, "generic_decline");
    }

    /// The payer pays by what takes days.
    pub fn pay_slowly(&self, intent: &str) {
        let mut state = self.state();
        let intent = state.set(intent, &[("status", json!("processing"))]);
        state.happen("payment_intent.processing", &intent);
    }

    /// Somebody ends it in Stripe's own pages.
    pub fn cancel(&self, intent: &str) {
        self.state().cancel_intent(intent).expect("an open payment");
    }

    /// Somebody takes a payment in this account beside the product; its intent.
    pub fn pay_from_elsewhere(&self, amount: i64) -> String {
        let form = json!({"amount": amount.to_string(), "currency": "usd"});
        let mut state = self.state();
        let intent = text(&state.make_intent(&form).expect("a payment"), "id");
        state.pay_intent(&intent);
        intent
    }

    /// What took days has come in.
    pub fn settle(&self, intent: &str) {
        let mut state = self.state();
        state.expect_status(intent, &["processing"]);
        state.pay_intent(intent);
    }

    /// What took days has not.
    pub fn bounce(&self, intent: &str) {
        let mut state = self.state();
        state.expect_status(intent, &["processing"]);
        state.decline_intent(intent, "insufficient_funds");
    }
}
