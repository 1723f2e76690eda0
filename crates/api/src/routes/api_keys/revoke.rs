//! `DELETE /api/admin/keys/{name}`

use axum::extract::State;
use domain::Text;
use http::StatusCode;

use crate::api::Api;
use crate::extract::{Administers, Caller, Named};
use crate::problem::Problem;

/// Revoke an API key
///
/// It works no more once this is answered; on other servers of the same book
/// within a second.
#[utoipa::path(
    delete,
    path = "/api/admin/keys/{name}",
    operation_id = "revokeKey",
    tag = "keys",
    params(("name" = String, Path, description = "The key", example = "worker")),
    responses((status = 204, description = "It is revoked")),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn revoke(
    State(api): State<Api>,
    caller: Caller<Administers>,
    name: Named<Text>,
) -> Result<StatusCode, Problem> {
    let name = name.get()?;
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.revoke_key(&caller, name).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
