//! `GET /api/admin/rates`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::RatesList;

/// Every version of the rates
#[utoipa::path(
    get,
    path = "/api/admin/rates",
    operation_id = "listRates",
    tag = "purchases",
    responses((status = 200, description = "Newest first: the first one holds", body = RatesList)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Administers>,
) -> Result<Reply<RatesList>, Problem> {
    Ok(Reply::ok(api.app().list_rates(&caller.into_inner()).await?))
}
