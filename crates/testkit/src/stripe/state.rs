//! What there is: objects by id, in the order they were made, and what happened
//! to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::idempotency::Kept;

/// All that is kept.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Where the pages are.
    pub(super) base: String,
    /// The clock, in seconds.
    pub(super) now: i64,
    /// Every object by its id.
    pub(super) objects: BTreeMap<String, Value>,
    /// Their ids in the order they were made.
    pub(super) order: Vec<String>,
    /// What a page's payment will have, by the page's id.
    pub(super) hidden: BTreeMap<String, Value>,
    /// Payment methods that pay while their owners are away, as these agreed to.
    pub(super) agreed: BTreeSet<String>,
    /// Answers by idempotency key.
    pub(super) keys: BTreeMap<String, Kept>,
    /// Events that no test has taken yet.
    pub(super) outbox: Vec<Value>,
    /// What was asked: `POST /v1/customers`.
    pub(super) requests: Vec<String>,
    /// How many clients were told how to reach it.
    pub(super) runs: u128,
    /// How many answers are still to be lost.
    pub(super) lost: usize,
    /// How many requests are still to be failed, and with what.
    pub(super) failing: (usize, u16),
    /// What happens at the next request of a kind.
    pub(super) at: Option<(String, At)>,
}

/// What happens at a request.
#[derive(Debug)]
pub(super) enum At {
    /// It fails, and nothing was done.
    Fails,
    /// It is refused, and nothing was done.
    Refuses,
    /// It fails once it was done.
    FailsBehind,
    /// A payment is paid the moment before.
    Pays(String),
}

impl State {
    pub(super) fn new(base: String, now: i64) -> Self {
        Self { base, now, ..Self::default() }
    }

    /// A new id of a kind.
    pub(super) fn id(&self, prefix: &str) -> String {
        format!("{prefix}fake{:06}", self.order.len() + 1)
    }

    /// Keeps a new object, which has its id.
    pub(super) fn keep(&mut self, object: Value) -> Value {
        let id = text(&object, "id");
        self.order.push(id.clone());
        self.objects.insert(id, object.clone());
        object
    }

    pub(super) fn find(&self, id: &str, kind: &str) -> Option<Value> {
        self.objects.get(id).filter(|object| object["object"] == kind).cloned()
    }

    /// Changes an object that is there.
    pub(super) fn set(&mut self, id: &str, changes: &[(&str, Value)]) -> Value {
        let object = self.objects.get_mut(id).unwrap_or_else(|| panic!("there is no {id}"));
        for (field, value) in changes {
            object[*field] = value.clone();
        }
        object.clone()
    }

    /// Every object of a kind, oldest first.
    pub(super) fn all(&self, kind: &str) -> Vec<Value> {
        let objects = self.order.iter().filter_map(|id| self.objects.get(id));
        objects.filter(|object| object["object"] == kind).cloned().collect()
    }

    /// Those of a customer.
    pub(super) fn of_customer(&self, kind: &str, query: &Value) -> Vec<Value> {
        let all = self.all(kind).into_iter();
        let of = query["customer"].as_str();
        all.filter(|object| of.is_none_or(|of| object["customer"] == of)).collect()
    }

    /// Something has happened to an object.
    pub(super) fn happen(&mut self, kind: &str, object: &Value) {
        let event = json!({
            "id": self.id("evt_"),
            "object": "event",
            "api_version": gateway::stripe::API_VERSION,
            "created": self.now,
            "data": {"object": object},
            "livemode": false,
            "pending_webhooks": 1,
            "request": {"id": null, "idempotency_key": null},
            "type": kind,
        });
        let event = self.keep(event);
        self.outbox.push(event);
    }
}

/// A text of an object.
pub(super) fn text(object: &Value, field: &str) -> String {
    let text = object[field].as_str();
    text.unwrap_or_else(|| panic!("no text {field} in {object}")).to_owned()
}

/// A whole number of an object.
pub(super) fn number(object: &Value, field: &str) -> i64 {
    object[field].as_i64().unwrap_or_else(|| panic!("no number {field} in {object}"))
}
