//! `PATCH /api/admin/users/{id}`

use axum::extract::State;
use domain::UserId;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, Named, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{User, UserPatchBody};

/// Change a user
///
/// What is left out stays; `external_id: null` removes it.
#[utoipa::path(
    patch,
    path = "/api/admin/users/{id}",
    operation_id = "updateUser",
    tag = "users",
    params(("id" = i64, Path, description = "The user", example = 7), AcceptedKey),
    request_body = UserPatchBody,
    responses((status = 200, description = "The user", body = User)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn update(
    State(api): State<Api>,
    caller: Caller<Administers>,
    id: Named<UserId>,
    OptionalKey(key): OptionalKey,
    Json(patch): Json<UserPatchBody>,
) -> Result<Reply<User>, Problem> {
    let id = id.get()?;
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.update_user(&caller, key, id, patch).await }).await.map(Reply::done)
}
