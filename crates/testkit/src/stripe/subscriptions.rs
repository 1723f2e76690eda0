//! Subscriptions: made, changed, ended, and what falls due of them by the clock
//! that tests turn.

use domain::{Anchor, Time};
use serde_json::{Value, json};

use super::answer::{Done, invalid, missing, unexpected_state};
use super::form::{metadata, needed};
use super::invoices::Bill;
use super::state::{State, number, text};

/// How long a first payment may take.
const INCOMPLETE_FOR: i64 = 23 * 60 * 60;

const DAY: i64 = 24 * 60 * 60;

/// The most months that one is billed.
const MONTHS_MAX: i64 = 1_200;

impl State {
    pub(super) fn attach_method(&mut self, id: &str, form: &Value) -> Done {
        let customer = needed(form, "customer")?.to_owned();
        self.find(&customer, "customer").ok_or_else(|| missing(&customer))?;
        let known = self.find(id, "payment_method");
        // One that was taken away can't be kept again.
        if id.contains("unusable") || known.is_some_and(|known| known["customer"].is_null()) {
            return Err(unexpected_state("payment_method_unactivated"));
        }
        Ok(self.attached(id, &customer))
    }

    /// A payment method that is a customer's.
    pub(super) fn attached(&mut self, id: &str, customer: &str) -> Value {
        let method = json!({
            "id": id,
            "object": "payment_method",
            "created": self.now,
            "customer": customer,
            "livemode": false,
            "type": "card",
        });
        if self.objects.contains_key(id) { method } else { self.keep(method) }
    }

    pub(super) fn make_subscription(&mut self, form: &Value) -> Done {
        let customer = needed(form, "customer")?.to_owned();
        self.find(&customer, "customer").ok_or_else(|| missing(&customer))?;
        if form["payment_behavior"] != "default_incomplete" {
            return Err(invalid("payment_behavior"));
        }
        let price = self.price_named(&form["items"]["0"])?;
        let days = form["trial_period_days"].as_str();
        let days = days.map(|days| days.parse::<i64>().map_err(|_| invalid("trial_period_days")));
        let trial_end = days.transpose()?.map(|days| self.now + days * DAY);
        if trial_end.is_some_and(|end| end <= self.now) {
            return Err(invalid("trial_period_days"));
        }
        let id = self.id("sub_");
        let anchor = trial_end.unwrap_or(self.now);
        let item = json!({
            "id": id.replace("sub_", "si_"),
            "object": "subscription_item",
            "current_period_end": trial_end.unwrap_or_else(|| boundary(anchor, 1)),
            "current_period_start": self.now,
            "price": price,
            "quantity": 1,
            "subscription": id,
        });
        let url = format!("/v1/subscription_items?subscription={id}");
        let items = json!({"object": "list", "has_more": false, "data": [item], "url": url});
        let subscription = json!({
            "id": id,
            "object": "subscription",
            "billing_cycle_anchor": anchor,
            "cancel_at": null,
            "cancel_at_period_end": false,
            "canceled_at": null,
            "cancellation_details": {"comment": null, "feedback": null, "reason": null},
            "created": self.now,
            "currency": price["currency"],
            "customer": customer,
            "default_payment_method": form["default_payment_method"],
            "ended_at": null,
            "items": items,
            "latest_invoice": null,
            "livemode": false,
            "metadata": metadata(&form["metadata"]),
            "pause_collection": null,
            "pending_setup_intent": null,
            "start_date": self.now,
            "status": if trial_end.is_some() { "trialing" } else { "incomplete" },
            "trial_end": trial_end,
        });
        let subscription = self.keep(subscription);
        self.happen("customer.subscription.created", &subscription);
        if trial_end.is_some() {
            self.set_up(&id);
        }
        let invoice = self.bill(&id, "subscription_create");
        self.finalize(&invoice);
        Ok(self.objects[&id].clone())
    }

    fn price_named(&self, item: &Value) -> Done {
        let id = needed(item, "price")?;
        self.find(id, "price").ok_or_else(|| missing(id))
    }

    pub(super) fn change_subscription(&mut self, id: &str, form: &Value) -> Done {
        let subscription = self.find(id, "subscription").ok_or_else(|| missing(id))?;
        if is_over(&subscription) {
            return Err(missing(id));
        }
        let mut changes = Vec::new();
        if let Some(ends) = form["cancel_at_period_end"].as_str() {
            let ends = ends == "true";
            let at = &subscription["items"]["data"][0]["current_period_end"];
            changes.push(("cancel_at_period_end", json!(ends)));
            changes.push(("cancel_at", if ends { at.clone() } else { Value::Null }));
        }
        if let Some(said) = form["metadata"].as_object() {
            let mut metadata = subscription["metadata"].clone();
            for (name, value) in said {
                metadata[name] = value.clone();
            }
            changes.push(("metadata", metadata));
        }
        if let Some(behavior) = form["pause_collection"]["behavior"].as_str() {
            changes.push(("pause_collection", json!({"behavior": behavior, "resumes_at": null})));
        } else if form["pause_collection"] == "" {
            changes.push(("pause_collection", Value::Null));
        }
        if let Some(method) = form["default_payment_method"].as_str() {
            let of = self.find(method, "payment_method").ok_or_else(|| missing(method))?;
            if of["customer"] != subscription["customer"] {
                return Err(invalid("default_payment_method"));
            }
            changes.push(("default_payment_method", json!(method)));
        }
        if form["items"]["0"].is_object() {
            let mut items = subscription["items"].clone();
            let is_same = form["items"]["0"]["id"] == items["data"][0]["id"];
            if !is_same || form["proration_behavior"] != "none" {
                return Err(invalid("items"));
            }
            items["data"][0]["price"] = self.price_named(&form["items"]["0"])?;
            changes.push(("items", items));
        }
        let subscription = self.set(id, &changes);
        self.happen("customer.subscription.updated", &subscription);
        Ok(subscription)
    }

    pub(super) fn end_subscription(&mut self, id: &str, reason: &str) -> Done {
        let subscription = self.find(id, "subscription").ok_or_else(|| missing(id))?;
        if is_over(&subscription) {
            return Err(missing(id));
        }
        let was_incomplete = subscription["status"] == "incomplete";
        let status = if was_incomplete { "incomplete_expired" } else { "canceled" };
        for invoice in self.invoices_of(id) {
            let invoice_id = text(&invoice, "id");
            match invoice["status"].as_str() {
                // One that is on its way can't be.
                Some("open") if was_incomplete => drop(self.void_invoice(&invoice_id)),
                Some("open" | "draft") => {
                    self.set(&invoice_id, &[("next_payment_attempt", Value::Null)]);
                }
                _ => {}
            }
        }
        let why = json!({"comment": null, "feedback": null, "reason": reason});
        let ended = [
            ("status", json!(status)),
            ("canceled_at", json!(self.now)),
            ("cancellation_details", why),
            ("ended_at", json!(self.now)),
        ];
        let subscription = self.set(id, &ended);
        self.happen("customer.subscription.deleted", &subscription);
        Ok(subscription)
    }

    /// A draft of the period that is now.
    fn bill(&mut self, id: &str, reason: &'static str) -> String {
        let subscription = self.objects[id].clone();
        let item = &subscription["items"]["data"][0];
        let is_trial = subscription["status"] == "trialing";
        let amount = if is_trial { 0 } else { number(&item["price"], "unit_amount") };
        let period = (number(item, "current_period_start"), number(item, "current_period_end"));
        let invoice = self.make_draft(&Bill {
            customer: text(&subscription, "customer"),
            subscription: Some(id.to_owned()),
            currency: subscription["currency"].clone(),
            reason,
            metadata: json!({}),
        });
        self.add_amount(&invoice, amount, period, "subscription_item_details");
        self.set(id, &[("latest_invoice", json!(invoice))]);
        invoice
    }

    /// Time passes, and what falls due meanwhile happens when it does.
    pub(super) fn pass(&mut self, seconds: i64) {
        let until = self.now + seconds;
        while let Some((at, what)) = self.next_due().filter(|(at, _)| *at <= until) {
            self.now = self.now.max(at);
            match what {
                Due::Boundary(id) => self.cross(&id),
                Due::Incomplete(id) => drop(self.end_subscription(&id, "payment_failed")),
                Due::Invoice(id) => self.take_up(&id),
            }
        }
        self.now = until;
    }

    fn next_due(&self) -> Option<(i64, Due)> {
        let mut all = Vec::new();
        for subscription in self.all("subscription") {
            let id = text(&subscription, "id");
            match subscription["status"].as_str() {
                Some("incomplete") => {
                    let ends = number(&subscription, "created") + INCOMPLETE_FOR;
                    all.push((ends, Due::Incomplete(id)));
                }
                Some("active" | "trialing" | "past_due") => {
                    let item = &subscription["items"]["data"][0];
                    all.push((number(item, "current_period_end"), Due::Boundary(id)));
                }
                _ => {}
            }
        }
        for invoice in self.all("invoice") {
            if let Some(at) = invoice["next_payment_attempt"].as_i64() {
                all.push((at, Due::Invoice(text(&invoice, "id"))));
            }
        }
        all.into_iter().min_by_key(|(at, _)| *at)
    }

    fn cross(&mut self, id: &str) {
        let subscription = self.objects[id].clone();
        if subscription["cancel_at_period_end"] == true {
            self.end_subscription(id, "cancellation_requested").expect("one that lives");
            return;
        }
        let anchor = number(&subscription, "billing_cycle_anchor");
        let end = number(&subscription["items"]["data"][0], "current_period_end");
        let next = (1..=MONTHS_MAX).map(|months| boundary(anchor, months)).find(|next| *next > end);
        let mut items = subscription["items"].clone();
        items["data"][0]["current_period_start"] = json!(end);
        items["data"][0]["current_period_end"] = json!(next);
        let mut changes = vec![("items", items)];
        if subscription["status"] == "trialing" {
            changes.push(("status", json!("active")));
        }
        let subscription = self.set(id, &changes);
        self.happen("customer.subscription.updated", &subscription);
        let invoice = self.bill(id, "subscription_cycle");
        if subscription["pause_collection"]["behavior"] == "void" {
            self.end_invoice(&invoice);
        }
    }
}

/// What falls due.
enum Due {
    Boundary(String),
    Incomplete(String),
    Invoice(String),
}

pub(super) fn is_over(subscription: &Value) -> bool {
    ["canceled", "incomplete_expired"].contains(&text(subscription, "status").as_str())
}

/// So many months behind a second.
fn boundary(anchor: i64, months: i64) -> i64 {
    let anchor = Anchor::at(Time::from_micros(anchor * Time::SECOND));
    anchor.boundary(months).expect("a date").micros() / Time::SECOND
}

impl super::FakeStripe {
    /// Its customer ends it at the period's end, on Stripe's own page.
    pub fn cancel_at_period_end(&self, subscription: &str) {
        let form = json!({"cancel_at_period_end": "true"});
        self.state().change_subscription(subscription, &form).expect("one that lives");
    }

    /// Its customer undoes that there.
    pub fn undo_cancel(&self, subscription: &str) {
        let form = json!({"cancel_at_period_end": "false"});
        self.state().change_subscription(subscription, &form).expect("one that lives");
    }

    /// Somebody ends it at once, on Stripe's own page.
    pub fn end_now(&self, subscription: &str) {
        let ended = self.state().end_subscription(subscription, "cancellation_requested");
        ended.expect("one that lives");
    }

    /// It is paid by another card from now on.
    pub fn change_card(&self, subscription: &str, method: &str) {
        let customer = text(&self.object(subscription), "customer");
        self.state().attached(method, &customer);
        self.tamper(subscription, "default_payment_method", json!(method));
    }
}
