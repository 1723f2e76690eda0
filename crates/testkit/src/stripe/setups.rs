//! Setup intents: that a card pays while its owner is away, agreed to before anything is
//! paid. One is made with each subscription that begins with a trial.

use serde_json::{Value, json};

use super::FakeStripe;
use super::answer::{Done, declined, invalid, missing, unexpected_state};
use super::payments::Card;
use super::state::{State, text};

impl State {
    /// Makes the one of a subscription, and tries it where there is a card.
    pub(super) fn set_up(&mut self, subscription: &str) {
        let of = self.objects[subscription].clone();
        let method = of["default_payment_method"].clone();
        let (id, has_method) = (self.id("seti_"), method.is_string());
        let status = if has_method { "requires_confirmation" } else { "requires_payment_method" };
        let setup = json!({
            "id": id,
            "object": "setup_intent",
            "client_secret": format!("{id}_secret_fake"),
            "created": self.now,
            "customer": of["customer"],
            "last_setup_error": null,
            "livemode": false,
            "metadata": {},
            "next_action": null,
            "payment_method": method,
            "payment_method_types": ["card"],
            "status": status,
            "usage": "off_session",
        });
        let setup = self.keep(setup);
        self.happen("setup_intent.created", &setup);
        self.set(subscription, &[("pending_setup_intent", json!(id))]);
        if has_method {
            drop(self.confirm_setup(&id));
        }
    }

    pub(super) fn confirm_setup(&mut self, id: &str) -> Done {
        let setup = self.find(id, "setup_intent").ok_or_else(|| missing(id))?;
        let method = setup["payment_method"].as_str().ok_or_else(|| invalid("payment_method"))?;
        if setup["status"] != "requires_confirmation" {
            return Err(unexpected_state("setup_intent_unexpected_state"));
        }
        match Card::named(method) {
            Card::Asks | Card::AsksOnce => {
                let next = json!({"type": "use_stripe_sdk", "use_stripe_sdk": {}});
                let asks = [("status", json!("requires_action")), ("next_action", next)];
                let setup = self.set(id, &asks);
                self.happen("setup_intent.requires_action", &setup);
                Ok(setup)
            }
            Card::Declines(reason) => {
                self.refuse_setup(id, reason);
                Err(declined(reason))
            }
            Card::Pays | Card::PaysLater => Ok(self.finish_setup(id, method)),
        }
    }

    /// The bank refuses.
    fn refuse_setup(&mut self, id: &str, reason: &str) {
        let error = json!({"type": "card_error", "code": "card_declined",
            "decline_code": reason, "message": "Your card was declined."});
        let refused = [
            ("status", json!("requires_payment_method")),
            ("last_setup_error", error),
            ("next_action", Value::Null),
            ("payment_method", Value::Null),
        ];
        let setup = self.set(id, &refused);
        self.happen("setup_intent.setup_failed", &setup);
    }

    /// Its owner agreed: the card is theirs, and pays for the subscription.
    fn finish_setup(&mut self, id: &str, method: &str) -> Value {
        self.agreed.insert(method.to_owned());
        let done = [
            ("status", json!("succeeded")),
            ("payment_method", json!(method)),
            ("last_setup_error", Value::Null),
            ("next_action", Value::Null),
        ];
        let setup = self.set(id, &done);
        self.attached(method, &text(&setup, "customer"));
        self.happen("setup_intent.succeeded", &setup);
        let all = self.all("subscription");
        let of = all.iter().find(|of| of["pending_setup_intent"] == id);
        if let Some(of) = of.map(|of| text(of, "id")) {
            let pays =
                [("pending_setup_intent", Value::Null), ("default_payment_method", json!(method))];
            let of = self.set(&of, &pays);
            self.happen("customer.subscription.updated", &of);
        }
        setup
    }
}

impl FakeStripe {
    /// Its owner names that card on the client's page, or confirms it, as their bank asks.
    pub fn confirm_card(&self, setup: &str, method: &str) {
        let mut state = self.state();
        let status = text(&state.objects[setup], "status");
        assert!(status.starts_with("requires_"), "{setup} is {status}");
        state.finish_setup(setup, method);
    }
}
