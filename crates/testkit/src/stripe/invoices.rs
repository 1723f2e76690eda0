//! Invoices: drafts that become final an hour later, are tried, tried again
//! three times within a week, and given up.

use serde_json::{Value, json};

use super::answer::{Answer, Done, invalid, missing, page, unexpected_state};
use super::form::{metadata, needed, whole};
use super::state::{State, number, text};
use super::subscriptions::is_over;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// When a payment that was declined is tried again, behind the first try.
const TRIES_AFTER: [i64; 3] = [DAY, 3 * DAY, 7 * DAY];

/// What an invoice is made of.
pub(super) struct Bill {
    pub(super) customer: String,
    pub(super) subscription: Option<String>,
    pub(super) currency: Value,
    pub(super) reason: &'static str,
    pub(super) metadata: Value,
}

impl State {
    pub(super) fn make_draft(&mut self, bill: &Bill) -> String {
        let id = self.id("in_");
        let parent = bill.subscription.as_ref().map(|subscription| {
            json!({"type": "subscription_details", "quote_details": null,
                "subscription_details": {"metadata": {}, "subscription": subscription}})
        });
        let by_schedule = bill.reason == "subscription_cycle";
        let url = format!("/v1/invoices/{id}/lines");
        let invoice = json!({
            "id": id,
            "object": "invoice",
            "amount_due": 0,
            "amount_paid": 0,
            "amount_remaining": 0,
            "attempt_count": 0,
            "attempted": false,
            "billing_reason": bill.reason,
            "confirmation_secret": null,
            "created": self.now,
            "currency": bill.currency,
            "customer": bill.customer,
            "hosted_invoice_url": null,
            "lines": {"object": "list", "has_more": false, "data": [], "url": url},
            "livemode": false,
            "metadata": bill.metadata,
            "next_payment_attempt": by_schedule.then_some(self.now + HOUR),
            "parent": parent,
            "payments": {"object": "list", "has_more": false, "data": [], "url": url},
            "period_end": self.now,
            "period_start": self.now,
            "status": "draft",
            "status_transitions": {"finalized_at": null, "marked_uncollectible_at": null,
                "paid_at": null, "voided_at": null},
            "total": 0,
        });
        let invoice = self.keep(invoice);
        self.happen("invoice.created", &invoice);
        id
    }

    /// A line more.
    pub(super) fn add_amount(&mut self, id: &str, amount: i64, period: (i64, i64), of: &str) {
        let invoice = self.objects[id].clone();
        let mut lines = invoice["lines"].clone();
        let line = json!({"id": self.id("il_"), "object": "line_item", "amount": amount,
            "parent": {"type": of}, "period": {"start": period.0, "end": period.1}});
        lines["data"].as_array_mut().expect("a list").push(line);
        let total = json!(number(&invoice, "total") + amount);
        let sums = ["total", "amount_due", "amount_remaining"].map(|sum| (sum, total.clone()));
        self.set(id, &sums);
        self.set(id, &[("lines", lines)]);
    }

    pub(super) fn make_invoice(&mut self, form: &Value) -> Done {
        let customer = needed(form, "customer")?.to_owned();
        let subscription = form["subscription"].as_str().map(str::to_owned);
        if let Some(id) = &subscription {
            self.find(id, "subscription").ok_or_else(|| missing(id))?;
        }
        if form["auto_advance"] != "false" {
            return Err(invalid("auto_advance"));
        }
        let id = self.make_draft(&Bill {
            customer,
            subscription,
            currency: json!(needed(form, "currency")?),
            reason: "manual",
            metadata: metadata(&form["metadata"]),
        });
        self.invoice(&id, form)
    }

    pub(super) fn make_invoice_item(&mut self, form: &Value) -> Done {
        let (id, amount) = (needed(form, "invoice")?, whole(form, "amount")?);
        let invoice = self.find(id, "invoice").ok_or_else(|| missing(id))?;
        if invoice["status"] != "draft" {
            return Err(unexpected_state("invoice_not_editable"));
        }
        self.add_amount(id, amount, (self.now, self.now), "invoice_item_details");
        Ok(json!({"id": self.id("ii_"), "object": "invoiceitem", "amount": amount, "invoice": id}))
    }

    /// As it is shown: what is not asked for is not there.
    pub(super) fn invoice(&self, id: &str, asked: &Value) -> Done {
        let mut invoice = self.find(id, "invoice").ok_or_else(|| missing(id))?;
        for field in ["confirmation_secret", "payments"] {
            let expanded = asked["expand"].as_object();
            if !expanded.is_some_and(|fields| fields.values().any(|it| it == field)) {
                invoice[field] = Value::Null;
            }
        }
        Ok(invoice)
    }

    pub(super) fn invoices(&self, query: &Value) -> Done {
        let of = query["subscription"].as_str();
        let all = match of {
            Some(of) => self.invoices_of(of),
            None => self.all("invoice"),
        };
        let shown = all.iter().map(|invoice| self.invoice(&text(invoice, "id"), query));
        page("/v1/invoices", shown.collect::<Result<_, _>>()?, query)
    }

    pub(super) fn invoices_of(&self, subscription: &str) -> Vec<Value> {
        let mut all = self.all("invoice");
        all.retain(|it| it["parent"]["subscription_details"]["subscription"] == subscription);
        all
    }

    pub(super) fn finalize_invoice(&mut self, id: &str, form: &Value) -> Done {
        let invoice = self.find(id, "invoice").ok_or_else(|| missing(id))?;
        if invoice["status"] != "draft" {
            return Err(unexpected_state("invoice_not_editable"));
        }
        self.finalize(id);
        // It is tried in a moment, or by nobody.
        let is_open = self.objects[id]["status"] == "open";
        let next = (is_open && form["auto_advance"] == "true").then_some(self.now);
        self.set(id, &[("next_payment_attempt", json!(next))]);
        self.invoice(id, &json!({}))
    }

    /// It is asked for, by a payment of its own.
    pub(super) fn finalize(&mut self, id: &str) {
        let invoice = self.objects[id].clone();
        let mut moments = invoice["status_transitions"].clone();
        moments["finalized_at"] = json!(self.now);
        let url = json!(format!("{}/invoice/{id}", self.base));
        let open = [
            ("status", json!("open")),
            ("status_transitions", moments),
            ("hosted_invoice_url", url),
        ];
        let open = self.set(id, &open);
        self.happen("invoice.finalized", &open);
        let due = number(&open, "amount_due");
        if due == 0 {
            self.settle_invoice(id);
            return;
        }
        let form = json!({"amount": due.to_string(), "currency": open["currency"],
            "customer": open["customer"]});
        let intent = self.make_intent(&form).expect("an amount that can be paid");
        let secret = json!({"client_secret": intent["client_secret"], "type": "payment_intent"});
        let mut payments = open["payments"].clone();
        let of = json!({"type": "payment_intent", "payment_intent": intent["id"]});
        payments["data"] = json!([{"id": self.id("inpay_"), "object": "invoice_payment",
            "invoice": id, "payment": of, "status": "open"}]);
        self.set(id, &[("confirmation_secret", secret), ("payments", payments)]);
    }

    pub(super) fn void_invoice(&mut self, id: &str) -> Done {
        let invoice = self.find(id, "invoice").ok_or_else(|| missing(id))?;
        if invoice["status"] != "open" && invoice["status"] != "uncollectible" {
            return Err(unexpected_state("invoice_not_editable"));
        }
        if intent_of(&invoice).is_some_and(|id| self.objects[&id]["status"] == "processing") {
            return Err(unexpected_state("payment_intent_unexpected_state"));
        }
        self.end_invoice(id);
        self.invoice(id, &json!({}))
    }

    pub(super) fn end_invoice(&mut self, id: &str) {
        let invoice = self.objects[id].clone();
        let mut moments = invoice["status_transitions"].clone();
        moments["voided_at"] = json!(self.now);
        let ended = [
            ("status", json!("void")),
            ("status_transitions", moments),
            ("next_payment_attempt", Value::Null),
        ];
        let void = self.set(id, &ended);
        if let Some(intent) = intent_of(&void) {
            drop(self.cancel_intent(&intent));
        }
        self.happen("invoice.voided", &void);
        let of = void["parent"]["subscription_details"]["subscription"].as_str();
        let of = of.map(str::to_owned).filter(|of| self.objects[of]["status"] == "incomplete");
        // Without its first payment there is nothing to wait for.
        if let Some(of) = of {
            let ended = [("status", json!("incomplete_expired")), ("ended_at", json!(self.now))];
            let ended = self.set(&of, &ended);
            self.happen("customer.subscription.updated", &ended);
        }
    }

    pub(super) fn pay_invoice(&mut self, id: &str, form: &Value) -> Done {
        let invoice = self.find(id, "invoice").ok_or_else(|| missing(id))?;
        if form["paid_out_of_band"] == "true" {
            return self.pay_elsewhere(&invoice);
        }
        if invoice["status"] != "open" {
            return Err(unexpected_state("invoice_not_open"));
        }
        // It is off session where nothing is said.
        self.try_invoice(id, form["off_session"].as_str().unwrap_or("true"))?;
        self.invoice(id, &json!({}))
    }

    /// Somebody says that it was paid, by other means.
    fn pay_elsewhere(&mut self, invoice: &Value) -> Done {
        let id = text(invoice, "id");
        if invoice["status"] != "open" && invoice["status"] != "uncollectible" {
            return Err(unexpected_state("invoice_not_open"));
        }
        if let Some(intent) = intent_of(invoice) {
            self.cancel_intent(&intent)?;
            let mut payments = invoice["payments"].clone();
            payments["data"] = json!([]);
            self.set(&id, &[("payments", payments)]);
        }
        self.settle_invoice(&id);
        self.invoice(&id, &json!({}))
    }

    fn try_invoice(&mut self, id: &str, off_session: &str) -> Result<(), Answer> {
        let invoice = self.objects[id].clone();
        let of = invoice["parent"]["subscription_details"]["subscription"].as_str();
        let method = of.and_then(|of| self.objects[of]["default_payment_method"].as_str());
        let method = method.ok_or_else(|| invalid("payment_method"))?.to_owned();
        let intent = intent_of(&invoice).ok_or_else(|| unexpected_state("invoice_not_open"))?;
        if self.objects[&intent]["status"] == "requires_action" {
            self.set(&intent, &[("status", json!("requires_payment_method"))]);
        }
        let count = json!(number(&invoice, "attempt_count") + 1);
        self.set(id, &[("attempt_count", count), ("attempted", json!(true))]);
        let form = json!({"payment_method": method, "off_session": off_session});
        let tried = self.confirm_intent(&intent, &form);
        let now = self.objects[id].clone();
        match tried {
            Ok(paying) if paying["status"] == "requires_action" => {
                self.happen("invoice.payment_action_required", &now);
                Err(super::answer::declined("invoice_payment_intent_requires_action"))
            }
            Ok(_) => Ok(()),
            Err(refused) => {
                self.happen("invoice.payment_failed", &now);
                Err(refused)
            }
        }
    }

    /// What the schedule has for an invoice now.
    pub(super) fn take_up(&mut self, id: &str) {
        let invoice = self.set(id, &[("next_payment_attempt", Value::Null)]);
        let of = text(&invoice["parent"]["subscription_details"], "subscription");
        if invoice["status"] == "draft" {
            self.finalize(id);
        }
        let is_open = self.objects[id]["status"] == "open";
        if !is_open || is_over(&self.objects[&of]) {
            return;
        }
        if self.objects[&of]["default_payment_method"].is_null() {
            return self.miss(id, &of);
        }
        if self.try_invoice(id, "true").is_ok() {
            return;
        }
        let tried = usize::try_from(number(&self.objects[id], "attempt_count")).unwrap_or(0);
        let first = number(&self.objects[id]["status_transitions"], "finalized_at");
        match TRIES_AFTER.get(tried.saturating_sub(1)) {
            Some(after) => {
                self.set(id, &[("next_payment_attempt", json!(first + after))]);
                let late = self.set(&of, &[("status", json!("past_due"))]);
                self.happen("customer.subscription.updated", &late);
            }
            None => drop(self.end_subscription(&of, "payment_failed")),
        }
    }

    /// There is nothing to pay it with: it is late, and tried no more.
    fn miss(&mut self, id: &str, of: &str) {
        let late = self.set(id, &[("attempt_count", json!(1)), ("attempted", json!(true))]);
        self.happen("invoice.payment_failed", &late);
        let late = self.set(of, &[("status", json!("past_due"))]);
        self.happen("customer.subscription.updated", &late);
    }

    /// The money of a payment came in: the invoice it is of, if any, is paid.
    pub(super) fn settle_invoice_of(&mut self, intent: &str) {
        let all = self.all("invoice");
        let of = all.iter().find(|it| intent_of(it).as_deref() == Some(intent));
        if let Some(id) = of.map(|it| text(it, "id")) {
            self.settle_invoice(&id);
        }
    }

    fn settle_invoice(&mut self, id: &str) {
        let invoice = self.objects[id].clone();
        let (mut moments, mut payments) =
            (invoice["status_transitions"].clone(), invoice["payments"].clone());
        moments["paid_at"] = json!(self.now);
        if let Some(payment) = payments["data"].get_mut(0) {
            payment["status"] = json!("paid");
        }
        let paid = [
            ("status", json!("paid")),
            ("amount_paid", invoice["amount_due"].clone()),
            ("amount_remaining", json!(0)),
            ("next_payment_attempt", Value::Null),
            ("payments", payments),
            ("status_transitions", moments),
        ];
        let paid = self.set(id, &paid);
        self.happen("invoice.paid", &paid);
        let of = paid["parent"]["subscription_details"]["subscription"].as_str();
        let Some(of) = of.map(str::to_owned) else { return };
        let subscription = self.objects[&of].clone();
        let waits = ["incomplete", "past_due"].contains(&text(&subscription, "status").as_str());
        if !waits || paid["billing_reason"] == "manual" {
            return;
        }
        let mut changes = vec![("status", json!("active"))];
        if subscription["default_payment_method"].is_null() {
            self.attached("pm_card_visa", &text(&subscription, "customer"));
            changes.push(("default_payment_method", json!("pm_card_visa")));
        }
        let active = self.set(&of, &changes);
        self.happen("customer.subscription.updated", &active);
    }
}

/// The payment of an invoice.
fn intent_of(invoice: &Value) -> Option<String> {
    invoice["payments"]["data"][0]["payment"]["payment_intent"].as_str().map(str::to_owned)
}
