//! What a batch looks like in the OpenAPI document: its operations are the
//! bodies of their own endpoints with `op`, `key` and a hold's id beside.

use std::borrow::Cow;

use utoipa::openapi::schema::{
    AllOfBuilder, ArrayBuilder, ObjectBuilder, OneOfBuilder, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The schema of a batch; the body itself borrows and has none.
pub(crate) struct Batch;

impl PartialSchema for Batch {
    fn schema() -> RefOr<Schema> {
        let operations = [
            operation("spend", Some("SpendBody")),
            on_hold("capture", Some("CaptureBody")),
            operation("hold", Some("HoldBody")),
            on_hold("release", None),
            operation("grant", Some("GrantBody")),
        ];
        let one_of = operations.into_iter().fold(OneOfBuilder::new(), OneOfBuilder::item);
        ObjectBuilder::new()
            .description(Some("Up to 1000 operations, each with a key of its own."))
            .property("atomic", plain(Type::Boolean, "All or none. Else each for itself."))
            .property(
                "operations",
                ArrayBuilder::new().items(one_of).min_items(Some(1)).max_items(Some(1_000)),
            )
            .required("operations")
            .examples([serde_json::json!({
                "operations": [
                    {"op": "spend", "key": "row-1", "user_id": 7, "amount": 2.5},
                    {"op": "release", "key": "row-2", "hold_id": "hold_1_42"}
                ]
            })])
            .into()
    }
}

impl ToSchema for Batch {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("BatchBody")
    }
}

fn operation(op: &str, body: Option<&str>) -> AllOfBuilder {
    with(head(op), body)
}

fn on_hold(op: &str, body: Option<&str>) -> AllOfBuilder {
    let head = head(op).property("hold_id", Ref::from_schema_name("HoldId")).required("hold_id");
    with(head, body)
}

fn head(op: &str) -> ObjectBuilder {
    let word =
        ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).enum_values(Some([op]));
    ObjectBuilder::new()
        .property("op", word)
        .required("op")
        .property("key", Ref::from_schema_name("IdempotencyKey"))
        .required("key")
}

fn with(head: ObjectBuilder, body: Option<&str>) -> AllOfBuilder {
    let all = AllOfBuilder::new().item(head);
    match body {
        Some(body) => all.item(Ref::from_schema_name(body)),
        None => all,
    }
}

fn plain(kind: Type, about: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(kind)).description(Some(about))
}
