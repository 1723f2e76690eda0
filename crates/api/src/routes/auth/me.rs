//! `GET /api/auth/me`

use axum::extract::State;

use crate::api::Api;
use crate::extract::Person;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Me;

/// Who is signed in
#[utoipa::path(
    get,
    path = "/api/auth/me",
    operation_id = "getMe",
    tag = "auth",
    responses((status = 200, description = "The caller", body = Me)),
    security(("bearer" = [])),
)]
pub(crate) async fn me(State(api): State<Api>, person: Person) -> Result<Reply<Me>, Problem> {
    let (caller, _) = person.into_parts();
    Ok(Reply::ok(api.app().me(&caller).await?))
}
