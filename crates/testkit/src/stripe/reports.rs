//! Balance transactions: every cent that moved.

use serde_json::{Value, json};

use super::answer::{Done, page};
use super::state::{State, text};

impl State {
    /// Notes that money moved because of an object.
    pub(super) fn move_money(&mut self, kind: &str, source: &str, amount: i64) -> Value {
        let moved = json!({
            "id": self.id("txn_"),
            "object": "balance_transaction",
            "amount": amount,
            "created": self.now,
            "currency": self.objects[source]["currency"],
            "fee": 0,
            "net": amount,
            "reporting_category": kind,
            "source": source,
            "status": "available",
            "type": if kind == "dispute" { "adjustment" } else { kind },
        });
        self.keep(moved)
    }

    pub(super) fn moves(&self, query: &Value) -> Done {
        let mut moves = self.all("balance_transaction");
        let expanded = query["expand"].as_object();
        if expanded.is_some_and(|fields| fields.values().any(|field| field == "data.source")) {
            for moved in &mut moves {
                moved["source"] = self.objects[&text(moved, "source")].clone();
            }
        }
        page("/v1/balance_transactions", moves, query)
    }
}
