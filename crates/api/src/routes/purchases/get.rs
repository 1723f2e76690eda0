//! `GET /api/credits/purchases/{id}`

use axum::extract::State;
use domain::PurchaseId;

use crate::api::Api;
use crate::extract::{Caller, Named, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Purchase;

/// One purchase
#[utoipa::path(
    get,
    path = "/api/credits/purchases/{id}",
    operation_id = "getPurchase",
    tag = "purchases",
    params(("id" = i64, Path, description = "The purchase", example = 7)),
    responses((status = 200, description = "The purchase", body = Purchase)),
    security(("bearer" = ["credits:read"])),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Reads>,
    id: Named<PurchaseId>,
) -> Result<Reply<Purchase>, Problem> {
    Ok(Reply::ok(api.app().get_purchase(&caller.into_inner(), id.get()?).await?))
}
