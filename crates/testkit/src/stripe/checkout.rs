//! Checkout sessions and the page of one, which a person or a test pays on.

use serde_json::{Value, json};

use super::FakeStripe;
use super::answer::{Done, invalid, missing, unexpected_state};
use super::form::{metadata, needed};
use super::state::{State, number, text};

/// The least and the most seconds a page may be open.
const OPEN_SECONDS: std::ops::RangeInclusive<i64> = 30 * 60..=24 * 60 * 60;

impl State {
    pub(super) fn make_page(&mut self, form: &Value) -> Done {
        if needed(form, "mode")? != "payment" {
            return Err(invalid("mode"));
        }
        let line = &form["line_items"]["0"];
        let price = &line["price_data"];
        let amount: i64 =
            needed(price, "unit_amount")?.parse().map_err(|_| invalid("unit_amount"))?;
        needed(&price["product_data"], "name")?;
        let ends = match form["expires_at"].as_str() {
            Some(ends) => ends.parse().map_err(|_| invalid("expires_at"))?,
            None => self.now + OPEN_SECONDS.end(),
        };
        if !OPEN_SECONDS.contains(&(ends - self.now)) {
            return Err(invalid("expires_at"));
        }
        let id = self.id("cs_test_");
        let page = json!({
            "id": id,
            "object": "checkout.session",
            "amount_total": amount,
            "cancel_url": form["cancel_url"],
            "created": self.now,
            "currency": needed(price, "currency")?,
            "customer": form["customer"],
            "expires_at": ends,
            "livemode": false,
            "metadata": metadata(&form["metadata"]),
            "mode": "payment",
            "payment_intent": null,
            "payment_status": "unpaid",
            "status": "open",
            "success_url": needed(form, "success_url")?,
            "url": format!("{}/pay/{id}", self.base),
        });
        let page = self.keep(page);
        self.hidden.insert(id, form["payment_intent_data"].clone());
        Ok(self.with_intent(page, form))
    }

    pub(super) fn page(&mut self, id: &str, query: &Value) -> Done {
        let page = self.find(id, "checkout.session").ok_or_else(|| missing(id))?;
        let page = if page["status"] == "open" && number(&page, "expires_at") <= self.now {
            self.end_page(id)
        } else {
            page
        };
        Ok(self.with_intent(page, query))
    }

    pub(super) fn expire_page(&mut self, id: &str, form: &Value) -> Done {
        let page = self.find(id, "checkout.session").ok_or_else(|| missing(id))?;
        if page["status"] != "open" {
            return Err(unexpected_state("checkout_session_unexpected_state"));
        }
        let page = self.end_page(id);
        Ok(self.with_intent(page, form))
    }

    fn end_page(&mut self, id: &str) -> Value {
        let page = self.set(id, &[("status", json!("expired")), ("url", Value::Null)]);
        self.happen("checkout.session.expired", &page);
        page
    }

    /// With its payment in whole, where that is asked for.
    fn with_intent(&self, mut page: Value, asked: &Value) -> Value {
        let expanded = asked["expand"]
            .as_object()
            .is_some_and(|fields| fields.values().any(|field| field == "payment_intent"));
        if let (true, Some(id)) = (expanded, page["payment_intent"].as_str()) {
            page["payment_intent"] = self.objects[id].clone();
        }
        page
    }

    /// The payer presses the button. Its payment is made then, as Stripe does.
    pub(super) fn pay_page(&mut self, id: &str, how: Pressed) -> Done {
        let page = self.find(id, "checkout.session").ok_or_else(|| missing(id))?;
        if page["status"] != "open" {
            return Err(unexpected_state("checkout_session_unexpected_state"));
        }
        let form = json!({
            "amount": page["amount_total"].to_string(),
            "currency": page["currency"],
            "customer": page["customer"],
            "metadata": self.hidden[id]["metadata"],
        });
        let intent = match page["payment_intent"].as_str() {
            Some(intent) => intent.to_owned(),
            None => text(&self.make_intent(&form)?, "id"),
        };
        self.set(id, &[("payment_intent", json!(intent))]);
        let complete = [("status", json!("complete")), ("url", Value::Null)];
        match how {
            Pressed::Decline => {
                self.decline_intent(&intent, "generic_decline");
                Ok(self.objects[id].clone())
            }
            Pressed::Later => {
                let processing = self.set(&intent, &[("status", json!("processing"))]);
                self.happen("payment_intent.processing", &processing);
                let page = self.set(id, &complete);
                self.happen("checkout.session.completed", &page);
                Ok(page)
            }
            Pressed::Pay => {
                self.pay_intent(&intent);
                self.set(id, &complete);
                let page = self.set(id, &[("payment_status", json!("paid"))]);
                self.happen("checkout.session.completed", &page);
                Ok(page)
            }
        }
    }

    /// The page as a browser shows it.
    pub(super) fn html(&self, id: &str) -> Option<String> {
        let page = self.find(id, "checkout.session")?;
        let cents = number(&page, "amount_total");
        let amount = format!("{}.{:02} {}", cents / 100, cents % 100, text(&page, "currency"));
        let status = text(&page, "status");
        let button = |word: &str, label: &str| {
            format!(r#"<button name="how" value="{word}">{label}</button> "#)
        };
        let form = if status == "open" {
            let buttons = [("pay", "Pay"), ("decline", "Decline"), ("later", "Pay later")];
            let buttons: String = buttons.iter().map(|(word, label)| button(word, label)).collect();
            format!(r#"<form method="post">{buttons}</form>"#)
        } else {
            String::new()
        };
        Some(format!(
            "<!doctype html><html lang=\"en\"><title>Checkout</title>\
             <h1>{amount}</h1><p>This page is {status}. It moves no money.</p>{form}</html>"
        ))
    }
}

/// What somebody does on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pressed {
    Pay,
    Decline,
    Later,
}

impl Pressed {
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "pay" => Some(Self::Pay),
            "decline" => Some(Self::Decline),
            "later" => Some(Self::Later),
            _ => None,
        }
    }
}

impl FakeStripe {
    /// Somebody pays on the page.
    pub fn pay_page(&self, id: &str) {
        self.state().pay_page(id, Pressed::Pay).expect("an open page");
    }

    /// Somebody pays on the page, by what takes days.
    pub fn pay_page_slowly(&self, id: &str) {
        self.state().pay_page(id, Pressed::Later).expect("an open page");
    }

    /// The page ends.
    pub fn expire(&self, id: &str) {
        self.state().expire_page(id, &json!({})).expect("an open page");
    }

    /// Somebody tries a card that is refused on the page.
    pub fn decline_page(&self, id: &str) {
        self.state().pay_page(id, Pressed::Decline).expect("an open page");
    }
}
