//! `POST /api/admin/users`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{User, UserBody};

/// Make a user
///
/// Or bring the one with that `external_id` up to date.
#[utoipa::path(
    post,
    path = "/api/admin/users",
    operation_id = "createUser",
    tag = "users",
    params(AcceptedKey),
    request_body = UserBody,
    responses((status = 201, description = "The user", body = User)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    Json(new): Json<UserBody>,
) -> Result<Reply<User>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.create_user(&caller, key, new).await }).await.map(Reply::made)
}
