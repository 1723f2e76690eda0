//! `POST /api/credits/grants`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Grants, Json, Key};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{Grant, GrantBody};

/// Give credits
#[utoipa::path(
    post,
    path = "/api/credits/grants",
    operation_id = "createGrant",
    tag = "grants",
    params(RequiredKey),
    request_body = GrantBody,
    responses((status = 201, description = "The grant", body = Grant)),
    security(("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!(["not_found", "limit_reached"]))),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<Grants>,
    Key(key): Key,
    Json(request): Json<GrantBody>,
) -> Result<Reply<Grant>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let grant = async move { app.grant(&caller, Some(key), request).await };
    api.run(grant).await.map(Reply::made)
}
