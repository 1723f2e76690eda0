//! The OpenAPI 3.1 document: what stands beside the endpoints' own words.
//!
//! An endpoint names its scopes and the codes only it has (`x-codes`). What
//! follows from its form is added here: who has a body can send a malformed
//! one. This module must not know endpoints by name.

mod answers;
mod callers;
mod codes;
mod examples;
mod head;
mod key;

use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::{RefOr, Required};

pub(crate) use head::head;
pub(crate) use key::{AcceptedKey, RequiredKey};

/// The document, pretty-printed, with a newline at its end.
pub fn openapi() -> String {
    let (_, mut document) = crate::routes::documented().split_for_parts();
    for item in document.paths.paths.values_mut() {
        operations(item).for_each(complete);
    }
    answers::complete(&mut document);
    // Names and texts of our own: there is nothing that could fail.
    let mut json = document.to_pretty_json().unwrap_or_default();
    json.push('\n');
    json
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = item;
    [get, put, post, delete, options, head, patch, trace].into_iter().flatten()
}

fn complete(operation: &mut Operation) {
    let codes = codes::of(operation);
    codes::write(operation, &codes);
    write_scopes(operation);
    free_body(operation);
    callers::write(operation);
    examples::write(operation);
}

/// What may come in the query need not come in a body.
fn free_body(operation: &mut Operation) {
    let Some(RefOr::T(body)) = operation.request_body.as_mut() else { return };
    let in_query = |parameter: &RefOr<Parameter>| {
        matches!(parameter, RefOr::T(Parameter { parameter_in: ParameterIn::Query, .. }))
    };
    if operation.parameters.iter().flatten().any(in_query) {
        body.required = Some(Required::False);
    }
}

/// `x-scopes`: any of them lets a caller in. Bearer tokens have no scopes in
/// OpenAPI's own words.
fn write_scopes(operation: &mut Operation) {
    let requirements = serde_json::to_value(&operation.security).unwrap_or_default();
    let alternatives = requirements.as_array().into_iter().flatten();
    let scopes: Vec<_> =
        alternatives.filter_map(|alternative| alternative.get("bearer")?.get(0).cloned()).collect();
    if !scopes.is_empty() {
        let extensions = operation.extensions.get_or_insert_default();
        extensions.insert(callers::X_SCOPES.to_owned(), scopes.into());
    }
}

#[cfg(test)]
mod tests;
