//! The schemas of answers: what has no value is there as `null`, so that every
//! member is always there.

use utoipa::openapi::{OpenApi, RefOr, Schema};

/// Members of these are left out where there is nothing to say.
const SPARSE: [&str; 2] = ["Problem", "OperationResult"];

/// What a request is written with may leave out what it has no value for.
fn is_request(name: &str) -> bool {
    name.ends_with("Body")
}

/// Says of each answer's members that they are required.
pub(super) fn complete(document: &mut OpenApi) {
    let Some(components) = document.components.as_mut() else { return };
    for (name, schema) in &mut components.schemas {
        if is_request(name) || SPARSE.contains(&name.as_str()) {
            continue;
        }
        if let RefOr::T(Schema::Object(object)) = schema {
            object.required = object.properties.keys().cloned().collect();
        }
    }
}
