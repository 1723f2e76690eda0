//! `POST /api/auth/password`

use app::NewPassword;
use axum::extract::State;

use crate::api::Api;
use crate::extract::{Json, OptionalKey, Person};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Done;
use crate::wire::PasswordBody;

/// Change the password
///
/// The caller's other sessions end. The current password counts as a try to
/// sign in. Nothing of a password is kept for an `Idempotency-Key`: the same key again
/// is answered the same, and changes nothing.
#[utoipa::path(
    post,
    path = "/api/auth/password",
    operation_id = "changePassword",
    tag = "auth",
    params(AcceptedKey),
    request_body = PasswordBody,
    responses((status = 204, description = "It is changed")),
    security(("bearer" = [])),
    extensions(("x-codes" = json!(["rate_limited"])), ("x-one-request" = json!(true))),
)]
pub(crate) async fn password(
    State(api): State<Api>,
    person: Person,
    OptionalKey(key): OptionalKey,
    Json((current, new)): Json<PasswordBody>,
) -> Result<Done, Problem> {
    let app = api.app().clone();
    let (caller, token) = person.into_parts();
    let change = NewPassword { current, new, token };
    api.run(async move { app.change_password(&caller, key, change).await }).await.map(Done::from)
}
