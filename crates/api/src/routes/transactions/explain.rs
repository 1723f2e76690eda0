//! `GET /api/credits/transactions/{id}/explain`

use axum::extract::State;
use domain::TxId;

use crate::api::Api;
use crate::extract::{Caller, Named, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Explanation;

/// Where a transaction comes from
///
/// The price that made its amount, the grants it took from or went to, the hold
/// it captured, and its record in the hash chain.
#[utoipa::path(
    get,
    path = "/api/credits/transactions/{id}/explain",
    operation_id = "explainTransaction",
    tag = "credits",
    params(("id" = String, Path, description = "The transaction", example = "tx_1_42")),
    responses((status = 200, description = "Where it comes from", body = Explanation)),
    security(("bearer" = ["credits:read"])),
)]
pub(crate) async fn explain(
    State(api): State<Api>,
    caller: Caller<Reads>,
    id: Named<TxId>,
) -> Result<Reply<Explanation>, Problem> {
    Ok(Reply::ok(api.app().explain(&caller.into_inner(), id.get()?).await?))
}
