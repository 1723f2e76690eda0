//! `POST /api/auth/logout`

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;

use crate::api::Api;
use crate::extract::{NoBody, Person, cookie};
use crate::problem::Problem;

/// Sign out
///
/// The session that calls ends at once, here and in the browser.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    operation_id = "signOut",
    tag = "auth",
    responses((status = 204, description = "It has ended")),
    security(("bearer" = [])),
)]
pub(crate) async fn logout(
    State(api): State<Api>,
    person: Person,
    _: NoBody,
) -> Result<impl IntoResponse, Problem> {
    let (app, (_, token)) = (api.app().clone(), person.into_parts());
    api.run(async move { app.sign_out(&token).await }).await?;
    Ok((StatusCode::NO_CONTENT, cookie::clear()?))
}
