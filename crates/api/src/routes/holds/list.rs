//! `GET /api/credits/holds`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{HoldList, HoldsAsked, HoldsQuery};

/// A user's holds
///
/// Newest first, settled ones too.
#[utoipa::path(
    get,
    path = "/api/credits/holds",
    operation_id = "listHolds",
    tag = "holds",
    params(HoldsQuery),
    responses((status = 200, description = "A page of them", body = HoldList)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query(asked): Query<HoldsQuery>,
) -> Result<Reply<HoldList>, Problem> {
    let HoldsAsked { whose, status, page } = asked;
    let caller = caller.into_inner();
    Ok(Reply::ok(api.app().list_holds(&caller, whose, status, page).await?))
}
