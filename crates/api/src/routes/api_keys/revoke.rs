//! `DELETE /api/admin/keys/{name}`

use axum::extract::State;
use domain::Text;

use crate::api::Api;
use crate::extract::{Administers, Caller, Named, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Done;

/// Revoke an API key
///
/// It works no more once this is answered; on other servers of the same book
/// within a second.
#[utoipa::path(
    delete,
    path = "/api/admin/keys/{name}",
    operation_id = "revokeKey",
    tag = "keys",
    params(("name" = String, Path, description = "The key", example = "worker"), AcceptedKey),
    responses((status = 204, description = "It is revoked")),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn revoke(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    name: Named<Text>,
) -> Result<Done, Problem> {
    let name = name.get()?;
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.revoke_key(&caller, key, name).await }).await.map(Done::from)
}
