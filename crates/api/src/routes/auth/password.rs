//! `POST /api/auth/password`

use app::NewPassword;
use axum::extract::State;
use http::StatusCode;

use crate::api::Api;
use crate::extract::{Json, Person};
use crate::problem::Problem;
use crate::wire::PasswordBody;

/// Change the password
///
/// The caller's other sessions end. The current password counts as a try to
/// sign in.
#[utoipa::path(
    post,
    path = "/api/auth/password",
    operation_id = "changePassword",
    tag = "auth",
    request_body = PasswordBody,
    responses((status = 204, description = "It is changed")),
    security(("bearer" = [])),
    extensions(("x-codes" = json!(["rate_limited"]))),
)]
pub(crate) async fn password(
    State(api): State<Api>,
    person: Person,
    Json((current, new)): Json<PasswordBody>,
) -> Result<StatusCode, Problem> {
    let app = api.app().clone();
    let (caller, token) = person.into_parts();
    let change = NewPassword { current, new, token };
    api.run(async move { app.change_password(&caller, change).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
