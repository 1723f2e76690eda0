//! `GET /api/credits/transactions/{id}`

use axum::extract::State;
use domain::TxId;

use crate::api::Api;
use crate::extract::{Caller, Named, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::CreditTransaction;

/// One transaction
#[utoipa::path(
    get,
    path = "/api/credits/transactions/{id}",
    operation_id = "getTransaction",
    tag = "credits",
    params(("id" = String, Path, description = "The transaction", example = "tx_1_42")),
    responses((status = 200, description = "The transaction", body = CreditTransaction)),
    security(("bearer" = ["credits:read"])),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Reads>,
    id: Named<TxId>,
) -> Result<Reply<CreditTransaction>, Problem> {
    Ok(Reply::ok(api.app().get_transaction(&caller.into_inner(), id.get()?).await?))
}
