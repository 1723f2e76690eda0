//! Customers, and the portal of one.

use serde_json::{Value, json};

use super::answer::{Done, missing};
use super::form::{metadata, needed};
use super::state::State;

impl State {
    pub(super) fn make_customer(&mut self, form: &Value) -> Value {
        let id = self.id("cus_");
        let customer = json!({
            "id": id,
            "object": "customer",
            "created": self.now,
            "email": form["email"],
            "livemode": false,
            "metadata": metadata(&form["metadata"]),
            "name": form["name"],
        });
        let customer = self.keep(customer);
        self.happen("customer.created", &customer);
        customer
    }

    pub(super) fn open_portal(&mut self, form: &Value) -> Done {
        let customer = needed(form, "customer")?;
        self.find(customer, "customer").ok_or_else(|| missing(customer))?;
        let id = self.id("bps_");
        let portal = json!({
            "id": id,
            "object": "billing_portal.session",
            "created": self.now,
            "customer": customer,
            "livemode": false,
            "return_url": form["return_url"],
            "url": format!("{}/portal/{id}", self.base),
        });
        Ok(self.keep(portal))
    }
}
