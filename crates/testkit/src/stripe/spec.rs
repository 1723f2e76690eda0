//! What Stripe publishes of the fields that are used: each object's, with their
//! types. Facts of version 2026-10-28.endive, taken from its official library's
//! types, which are generated from Stripe's OpenAPI document.

use serde_json::Value;

/// `object`, field, type; behind a type `?` is that it may be null.
const SPEC: &str = include_str!("spec.tsv");

/// What is wrong with an object, field by field.
pub fn faults(object: &Value) -> Vec<String> {
    let kind = object["object"].as_str().unwrap_or_default();
    let fields = object.as_object().into_iter().flatten();
    let faults = fields.filter_map(|(name, value)| {
        let at = format!("{kind}.{name}");
        match published(kind, name) {
            None => Some(format!("{at} is not among the fields that are used")),
            Some(of) if !fits(of, value) => Some(format!("{at} is no {of}: {value}")),
            Some(_) => None,
        }
    });
    let mut faults: Vec<_> = faults.collect();
    let missing = names(kind).filter(|name| object.get(name).is_none());
    faults.extend(missing.map(|name| format!("{kind}.{name} is missing")));
    faults
}

/// Whether an object has a field, as far as is used.
pub fn has(kind: &str, name: &str) -> bool {
    published(kind, name).is_some()
}

fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    SPEC.lines().filter_map(|line| {
        let mut parts = line.split('\t');
        Some((parts.next()?, parts.next()?, parts.next()?))
    })
}

fn published(kind: &str, name: &str) -> Option<&'static str> {
    lines().find(|line| (line.0, line.1) == (kind, name)).map(|line| line.2)
}

fn names(kind: &str) -> impl Iterator<Item = &'static str> {
    lines().filter(move |line| line.0 == kind).map(|line| line.1)
}

fn fits(of: &str, value: &Value) -> bool {
    let (of, may_be_null) = of.strip_suffix('?').map_or((of, false), |of| (of, true));
    match (of, value) {
        (_, Value::Null) => may_be_null,
        ("integer", Value::Number(number)) => number.is_i64() || number.is_u64(),
        ("boolean", Value::Bool(_))
        | ("list", Value::Array(_))
        | ("text" | "id", Value::String(_))
        | ("object" | "id", Value::Object(_)) => true,
        _ => false,
    }
}
