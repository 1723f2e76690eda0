//! `GET /api/admin/keys`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::ApiKeyList;

/// Every API key
///
/// Newest first, revoked ones too, none with its secret.
#[utoipa::path(
    get,
    path = "/api/admin/keys",
    operation_id = "listKeys",
    tag = "keys",
    responses((status = 200, description = "All of them", body = ApiKeyList)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Administers>,
) -> Result<Reply<ApiKeyList>, Problem> {
    Ok(Reply::ok(api.app().list_keys(&caller.into_inner()).await?))
}
