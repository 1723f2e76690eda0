//! Refunds, and disputes that banks open and close.

use serde_json::{Value, json};

use super::FakeStripe;
use super::answer::{Done, missing, unexpected_state};
use super::form::{metadata, needed, whole};
use super::state::{State, number, text};

impl State {
    pub(super) fn make_refund(&mut self, form: &Value) -> Done {
        let id = needed(form, "payment_intent")?;
        let intent = self.find(id, "payment_intent").ok_or_else(|| missing(id))?;
        let charge = intent["latest_charge"].as_str();
        let charge = charge.ok_or_else(|| unexpected_state("charge_not_captured"))?.to_owned();
        let paid = self.objects[&charge].clone();
        let left = number(&paid, "amount") - number(&paid, "amount_refunded");
        let amount = match form["amount"].as_str() {
            Some(_) => whole(form, "amount")?,
            None => left,
        };
        if amount < 1 || amount > left {
            return Err(unexpected_state("charge_already_refunded"));
        }
        let refund = json!({
            "id": self.id("re_"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": null,
            "charge": charge,
            "created": self.now,
            "currency": paid["currency"],
            "failure_reason": null,
            "metadata": metadata(&form["metadata"]),
            "payment_intent": id,
            "reason": form["reason"],
            "status": "succeeded",
        });
        let refund = text(&self.keep(refund), "id");
        let moved = self.move_money("refund", &refund, -amount);
        let refund = self.set(&refund, &[("balance_transaction", moved["id"].clone())]);
        let refunded = number(&paid, "amount_refunded") + amount;
        let changes = [
            ("amount_refunded", json!(refunded)),
            ("refunded", json!(refunded == number(&paid, "amount"))),
        ];
        let paid = self.set(&charge, &changes);
        self.happen("refund.created", &refund);
        self.happen("charge.refunded", &paid);
        Ok(refund)
    }

    /// Those of a payment.
    pub(super) fn of_payment(&self, kind: &str, query: &Value) -> Vec<Value> {
        let all = self.all(kind).into_iter();
        let of = query["payment_intent"].as_str();
        all.filter(|object| of.is_none_or(|of| object["payment_intent"] == of)).collect()
    }
}

impl FakeStripe {
    /// Somebody refunds in Stripe's own pages; the refund's id.
    pub fn refund(&self, intent: &str, amount: i64) -> String {
        let form = json!({"payment_intent": intent, "amount": amount.to_string()});
        let refund = self.state().make_refund(&form).expect("what is left to refund");
        text(&refund, "id")
    }

    /// The bank refuses a refund that was made; the money comes back.
    pub fn fail_refund(&self, refund: &str) {
        let mut state = self.state();
        let failed = [("status", json!("failed")), ("failure_reason", json!("declined"))];
        let failed = state.set(refund, &failed);
        let (charge, amount) = (text(&failed, "charge"), number(&failed, "amount"));
        state.move_money("refund", refund, amount);
        let paid = state.objects[&charge].clone();
        let refunded = number(&paid, "amount_refunded") - amount;
        state.set(&charge, &[("amount_refunded", json!(refunded)), ("refunded", json!(false))]);
        state.happen("refund.failed", &failed);
    }

    /// The payer's bank takes a payment back, for now; the dispute's id.
    pub fn dispute(&self, intent: &str) -> String {
        let mut state = self.state();
        let charge = text(&state.objects[intent], "latest_charge");
        let paid = state.objects[&charge].clone();
        let amount = number(&paid, "amount") - number(&paid, "amount_refunded");
        let dispute = json!({
            "id": state.id("du_"),
            "object": "dispute",
            "amount": amount,
            "balance_transactions": [],
            "charge": charge,
            "created": state.now,
            "currency": paid["currency"],
            "livemode": false,
            "metadata": {},
            "payment_intent": intent,
            "reason": "fraudulent",
            "status": "needs_response",
        });
        let dispute = text(&state.keep(dispute), "id");
        let moved = state.move_money("dispute", &dispute, -amount);
        let dispute = state.set(&dispute, &[("balance_transactions", json!([moved]))]);
        state.set(&charge, &[("disputed", json!(true))]);
        state.happen("charge.dispute.created", &dispute);
        state.happen("charge.dispute.funds_withdrawn", &dispute);
        text(&dispute, "id")
    }

    /// The bank decides for us.
    pub fn win(&self, dispute: &str) {
        let mut state = self.state();
        let won = state.set(dispute, &[("status", json!("won"))]);
        let moved = state.move_money("dispute", dispute, number(&won, "amount"));
        let mut moves = won["balance_transactions"].as_array().cloned().unwrap_or_default();
        moves.push(moved);
        let won = state.set(dispute, &[("balance_transactions", json!(moves))]);
        state.happen("charge.dispute.funds_reinstated", &won);
        state.happen("charge.dispute.closed", &won);
    }

    /// The bank decides for the payer.
    pub fn lose(&self, dispute: &str) {
        let mut state = self.state();
        let lost = state.set(dispute, &[("status", json!("lost"))]);
        state.happen("charge.dispute.closed", &lost);
    }
}
