//! `GET /api/admin/users/{id}`

use app::UserKey;
use axum::extract::State;
use domain::UserId;

use crate::api::Api;
use crate::extract::{Administers, Caller, Named};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::User;

/// One user
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}",
    operation_id = "getUser",
    tag = "users",
    params(("id" = i64, Path, description = "The user", example = 7)),
    responses((status = 200, description = "The user", body = User)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Administers>,
    id: Named<UserId>,
) -> Result<Reply<User>, Problem> {
    let key = UserKey::Id(id.get()?);
    Ok(Reply::ok(api.app().get_user(&caller.into_inner(), key).await?))
}
