//! `PUT /api/admin/users/{id}/tags`

use axum::extract::State;
use domain::UserId;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, Named, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{Tags, TagsBody};

/// Put tags on a user
///
/// In place of those there were. Promotions may be for who has one.
#[utoipa::path(
    put,
    path = "/api/admin/users/{id}/tags",
    operation_id = "setTags",
    tag = "users",
    params(("id" = i64, Path, description = "The user", example = 7), AcceptedKey),
    request_body = TagsBody,
    responses((status = 200, description = "The tags", body = Tags)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn set(
    State(api): State<Api>,
    caller: Caller<Administers>,
    id: Named<UserId>,
    OptionalKey(key): OptionalKey,
    Json(tags): Json<TagsBody>,
) -> Result<Reply<Tags>, Problem> {
    let id = id.get()?;
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.set_tags(&caller, key, id, tags).await }).await.map(Reply::done)
}
