//! The header `Idempotency-Key` as a parameter.

use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Ref, Required};

/// The header of the key.
pub(super) const NAME: &str = "Idempotency-Key";

/// A key that must be there.
pub(crate) struct RequiredKey;

/// A key that may be left out.
pub(crate) struct AcceptedKey;

impl IntoParams for RequiredKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let about = "Yours, the same whenever you repeat this request: it is done once.";
        vec![parameter(Required::True, about)]
    }
}

impl IntoParams for AcceptedKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let about = "Yours, the same whenever you repeat this request: then it is done once.";
        vec![parameter(Required::False, about)]
    }
}

fn parameter(required: Required, about: &str) -> Parameter {
    ParameterBuilder::new()
        .name(NAME)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(about))
        .schema(Some(Ref::from_schema_name("IdempotencyKey")))
        .build()
}
