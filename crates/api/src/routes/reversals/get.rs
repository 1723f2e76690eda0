//! `GET /api/admin/reversals/{id}`

use axum::extract::State;
use domain::ReversalId;

use crate::api::Api;
use crate::extract::{Caller, Named, Oversees};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Reversal;

/// One refund or chargeback
#[utoipa::path(
    get,
    path = "/api/admin/reversals/{id}",
    operation_id = "getReversal",
    tag = "purchases",
    params(("id" = i64, Path, description = "The refund or chargeback", example = 3)),
    responses((status = 200, description = "It", body = Reversal)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Oversees>,
    id: Named<ReversalId>,
) -> Result<Reply<Reversal>, Problem> {
    Ok(Reply::ok(api.app().get_reversal(&caller.into_inner(), id.get()?).await?))
}
