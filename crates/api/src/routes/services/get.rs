//! `GET /api/admin/services/{key}`

use axum::extract::State;
use domain::ServiceKey;

use crate::api::Api;
use crate::extract::{Administers, Caller, Named};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Service;

/// One service with its prices
#[utoipa::path(
    get,
    path = "/api/admin/services/{key}",
    operation_id = "getService",
    tag = "services",
    params(("key" = String, Path, description = "The service", example = "llm")),
    responses((status = 200, description = "The service", body = Service)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Administers>,
    key: Named<ServiceKey>,
) -> Result<Reply<Service>, Problem> {
    Ok(Reply::ok(api.app().get_service(&caller.into_inner(), key.get()?).await?))
}
