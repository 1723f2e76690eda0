//! Which fields each request takes: those that the client uses, by the names that
//! Stripe publishes. Any other is refused, as Stripe refuses it.

use serde_json::Value;

use super::answer::{Answer, unknown};

/// Method, path with `*` for an id, and the fields; `*` in a field is a number, and
/// behind `metadata` any name.
const TAKEN: &[(&str, &str, &str)] = &[
    ("POST", "customers", "name email metadata.*"),
    ("POST", "billing_portal/sessions", "customer return_url"),
    (
        "POST",
        "payment_intents",
        "amount currency customer payment_method payment_method_types.* metadata.*",
    ),
    ("POST", "payment_intents/*/confirm", "payment_method off_session"),
    ("POST", "payment_intents/*/cancel", ""),
    (
        "POST",
        "checkout/sessions",
        "mode success_url cancel_url customer line_items.*.quantity expires_at \
         line_items.*.price_data.currency line_items.*.price_data.unit_amount \
         line_items.*.price_data.product_data.name metadata.* \
         payment_intent_data.metadata.* expand.*",
    ),
    ("GET", "checkout/sessions/*", "expand.*"),
    ("POST", "checkout/sessions/*/expire", "expand.*"),
    ("POST", "products", "id name description active metadata.*"),
    ("POST", "products/*", "name description active metadata.*"),
    ("GET", "prices", "lookup_keys.* limit"),
    ("POST", "prices", "product unit_amount currency recurring.interval lookup_key metadata.*"),
    ("POST", "payment_methods/*/attach", "customer"),
    ("POST", "setup_intents/*/confirm", ""),
    (
        "POST",
        "subscriptions",
        "customer items.*.price payment_behavior proration_behavior metadata.* \
         payment_settings.save_default_payment_method default_payment_method \
         trial_period_days expand.*",
    ),
    ("GET", "subscriptions", "customer status created.gte limit starting_after"),
    (
        "POST",
        "subscriptions/*",
        "cancel_at_period_end pause_collection pause_collection.behavior items.*.id \
         items.*.price proration_behavior metadata.* default_payment_method",
    ),
    (
        "POST",
        "invoices",
        "customer subscription currency collection_method auto_advance description \
         pending_invoice_items_behavior metadata.*",
    ),
    ("GET", "invoices", "subscription limit starting_after"),
    ("GET", "invoices/*", "expand.*"),
    ("POST", "invoices/*/finalize", "auto_advance"),
    ("POST", "invoices/*/pay", "off_session paid_out_of_band"),
    ("POST", "invoiceitems", "customer invoice amount currency description"),
    ("POST", "refunds", "payment_intent amount reason metadata.*"),
    ("GET", "refunds", "payment_intent limit starting_after"),
    ("GET", "disputes", "payment_intent limit starting_after"),
    ("GET", "charges", "payment_intent limit starting_after"),
    ("GET", "events", "created.gte limit starting_after types.* type"),
    ("GET", "balance_transactions", "created.gte limit starting_after expand.* type"),
];

/// Refuses a field that is none of a request's.
pub(super) fn check(method: &str, parts: &[&str], form: &Value) -> Result<(), Answer> {
    let at = TAKEN.iter().find(|(of, path, _)| *of == method && fits(path.split('/'), parts));
    let taken: Vec<_> = at.map_or("", |(_, _, taken)| taken).split_whitespace().collect();
    let mut named = Vec::new();
    names(form, &mut Vec::new(), &mut named);
    let is_taken = |name: &Vec<String>| {
        let parts: Vec<_> = name.iter().map(String::as_str).collect();
        taken.iter().any(|taken| fits(taken.split('.'), &parts))
    };
    match named.iter().find(|name| !is_taken(name)) {
        Some(name) => Err(unknown(&name.join("."))),
        None => Ok(()),
    }
}

fn fits<'a>(pattern: impl Iterator<Item = &'a str>, parts: &[&str]) -> bool {
    let pattern: Vec<_> = pattern.collect();
    pattern.len() == parts.len()
        && pattern.iter().zip(parts).all(|(of, part)| *of == "*" || of == part)
}

/// The path of every text in a form.
fn names(form: &Value, at: &mut Vec<String>, named: &mut Vec<Vec<String>>) {
    match form.as_object() {
        Some(fields) => {
            for (name, value) in fields {
                at.push(name.clone());
                names(value, at, named);
                at.pop();
            }
        }
        None => named.push(at.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stripe::form::tree;

    #[test]
    fn a_field_that_is_none_of_a_requests_is_refused() {
        let path = ["subscriptions"];
        let taken = tree("items[0][price]=price_1&metadata[colour]=red&customer=cus_1");
        assert_eq!(check("POST", &path, &taken), Ok(()));
        for wrong in ["colour=red", "items[0][colour]=red", "trial_end=1"] {
            assert!(check("POST", &path, &tree(wrong)).is_err(), "{wrong}");
        }
        assert_eq!(check("GET", &["invoices", "in_1"], &tree("expand[0]=payments")), Ok(()));
        assert!(check("GET", &["refunds", "re_1"], &tree("expand[0]=payments")).is_err());
    }
}
