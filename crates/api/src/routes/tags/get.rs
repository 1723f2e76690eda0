//! `GET /api/admin/users/{id}/tags`

use axum::extract::State;
use domain::UserId;

use crate::api::Api;
use crate::extract::{Administers, Caller, Named};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Tags;

/// The tags on a user
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/tags",
    operation_id = "getTags",
    tag = "users",
    params(("id" = i64, Path, description = "The user", example = 7)),
    responses((status = 200, description = "The tags", body = Tags)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Administers>,
    id: Named<UserId>,
) -> Result<Reply<Tags>, Problem> {
    Ok(Reply::ok(api.app().get_tags(&caller.into_inner(), id.get()?).await?))
}
