//! `GET /api/admin/services`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::ServiceList;

/// Every service with its prices
#[utoipa::path(
    get,
    path = "/api/admin/services",
    operation_id = "listServices",
    tag = "services",
    responses((status = 200, description = "All of them, oldest first", body = ServiceList)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Administers>,
) -> Result<Reply<ServiceList>, Problem> {
    Ok(Reply::ok(api.app().list_services(&caller.into_inner()).await?))
}
