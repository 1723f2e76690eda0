//! `POST /api/admin/keys`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{ApiKeyBody, ApiKeyMade};

/// Make an API key
///
/// The answer has its secret, once: the same `Idempotency-Key` again is answered
/// without it. A lost one is replaced: revoke it and make another of the same name,
/// which stays the same caller.
#[utoipa::path(
    post,
    path = "/api/admin/keys",
    operation_id = "createKey",
    tag = "keys",
    params(AcceptedKey),
    request_body = ApiKeyBody,
    responses((status = 201, description = "The key and its secret", body = ApiKeyMade)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    Json(new): Json<ApiKeyBody>,
) -> Result<Reply<ApiKeyMade>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.create_key(&caller, key, new).await }).await.map(Reply::made)
}
