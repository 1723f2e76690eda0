//! Which problems an operation can answer with: those it names, and those that
//! follow from its form.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, ResponseBuilder};

use super::key;
use crate::problem::Code;

/// The codes an operation names for itself.
const X_CODES: &str = "x-codes";
/// Says that an operation has one request only: its keys can't be used for another.
const X_ONE_REQUEST: &str = "x-one-request";

/// Every code of an operation. What it named is taken out of the document.
pub(super) fn of(operation: &mut Operation) -> BTreeSet<Code> {
    let one_request = take(operation, X_ONE_REQUEST).is_some();
    let mut codes = named(operation);
    codes.extend([Code::Internal]);
    if operation.security.is_some() {
        codes.extend([Code::Unauthenticated, Code::Forbidden, Code::Overloaded]);
    }
    if operation.request_body.is_some() {
        codes.extend([Code::MalformedJson, Code::BodyTooLarge]);
        codes.extend([Code::UnsupportedMediaType, Code::InvalidRequest]);
        codes.extend(STOPPED);
    }
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        match parameter.parameter_in {
            ParameterIn::Path => codes.extend([Code::NotFound]),
            ParameterIn::Query => codes.extend([Code::InvalidRequest]),
            ParameterIn::Header if parameter.name == key::NAME => {
                codes.insert(Code::IdempotencyKeyInvalid);
                codes.extend((!one_request).then_some(Code::IdempotencyKeyReused));
                codes.extend(STOPPED);
                if matches!(parameter.required, Required::True) {
                    codes.insert(Code::IdempotencyKeyMissing);
                }
            }
            _ => {}
        }
    }
    codes
}

/// What mutations meet when the ledger can't decide.
const STOPPED: [Code; 2] = [Code::LedgerStopped, Code::ClockJump];

/// Takes an extension out of the document.
fn take(operation: &mut Operation, name: &str) -> Option<serde_json::Value> {
    let extensions = operation.extensions.as_mut()?;
    let taken = extensions.remove(name);
    if extensions.is_empty() {
        operation.extensions = None;
    }
    taken
}

fn named(operation: &mut Operation) -> BTreeSet<Code> {
    let words = take(operation, X_CODES).unwrap_or_default();
    let words = words.as_array().cloned().unwrap_or_default();
    let codes = words.iter().map(|word| {
        let code = word.as_str().and_then(Code::parse);
        code.unwrap_or_else(|| panic!("{word} is no error code"))
    });
    codes.collect()
}

/// Writes them as responses, one a status.
pub(super) fn write(operation: &mut Operation, codes: &BTreeSet<Code>) {
    let mut statuses: BTreeMap<String, Vec<Code>> = BTreeMap::new();
    for code in codes {
        statuses.entry(code.status().as_str().to_owned()).or_default().push(*code);
    }
    for (status, codes) in statuses {
        let lines = codes.iter().map(|code| format!("`{}`: {}.", code.as_str(), code.title()));
        let lines: Vec<_> = lines.collect();
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new()
            .description(lines.join(" "))
            .content("application/problem+json", content)
            .build();
        operation.responses.responses.insert(status, RefOr::T(response));
    }
}
