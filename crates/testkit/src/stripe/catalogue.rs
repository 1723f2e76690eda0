//! Products and prices.

use serde_json::{Value, json};

use super::answer::{Done, missing, page, unexpected_state};
use super::form::{metadata, needed, whole};
use super::state::State;

impl State {
    pub(super) fn make_product(&mut self, form: &Value) -> Done {
        let id = form["id"].as_str().map_or_else(|| self.id("prod_"), str::to_owned);
        if self.objects.contains_key(&id) {
            return Err(unexpected_state("resource_already_exists"));
        }
        let product = json!({
            "id": id,
            "object": "product",
            "active": form["active"] != "false",
            "created": self.now,
            "description": form["description"],
            "livemode": false,
            "metadata": metadata(&form["metadata"]),
            "name": needed(form, "name")?,
            "updated": self.now,
        });
        let product = self.keep(product);
        self.happen("product.created", &product);
        Ok(product)
    }

    pub(super) fn change_product(&mut self, id: &str, form: &Value) -> Done {
        self.find(id, "product").ok_or_else(|| missing(id))?;
        let mut changes = vec![("updated", json!(self.now))];
        changes.extend(form["name"].as_str().map(|name| ("name", json!(name))));
        let described = form["description"].as_str();
        changes.extend(described.map(|text| match text {
            "" => ("description", Value::Null),
            text => ("description", json!(text)),
        }));
        changes.extend(form["active"].as_str().map(|active| ("active", json!(active == "true"))));
        let product = self.set(id, &changes);
        self.happen("product.updated", &product);
        Ok(product)
    }

    pub(super) fn make_price(&mut self, form: &Value) -> Done {
        let product = needed(form, "product")?;
        self.find(product, "product").ok_or_else(|| missing(product))?;
        let taken = |price: &Value| {
            form["lookup_key"].is_string() && price["lookup_key"] == form["lookup_key"]
        };
        if self.all("price").iter().any(taken) {
            return Err(unexpected_state("resource_already_exists"));
        }
        let id = self.id("price_");
        let price = json!({
            "id": id,
            "object": "price",
            "active": true,
            "created": self.now,
            "currency": needed(form, "currency")?,
            "livemode": false,
            "lookup_key": form["lookup_key"],
            "metadata": metadata(&form["metadata"]),
            "product": product,
            "recurring": {"interval": needed(&form["recurring"], "interval")?, "interval_count": 1},
            "type": "recurring",
            "unit_amount": whole(form, "unit_amount")?,
        });
        let price = self.keep(price);
        self.happen("price.created", &price);
        Ok(price)
    }

    pub(super) fn prices(&self, query: &Value) -> Done {
        let key = query["lookup_keys"]["0"].as_str();
        let mut all = self.all("price");
        all.retain(|price| key.is_none_or(|key| price["lookup_key"] == key));
        page("/v1/prices", all, query)
    }
}
