//! `GET /api/admin/reversals`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Oversees, Query};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{ReversalList, ReversalsAsked, ReversalsQuery};

/// Refunds and chargebacks
///
/// Everyone's, newest first.
#[utoipa::path(
    get,
    path = "/api/admin/reversals",
    operation_id = "listReversals",
    tag = "purchases",
    params(ReversalsQuery),
    responses((status = 200, description = "A page of them", body = ReversalList)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Oversees>,
    Query(asked): Query<ReversalsQuery>,
) -> Result<Reply<ReversalList>, Problem> {
    let ReversalsAsked { kind, page } = asked;
    Ok(Reply::ok(api.app().list_reversals(&caller.into_inner(), kind, page).await?))
}
