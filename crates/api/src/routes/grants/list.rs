//! `GET /api/credits/grants`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{GrantList, GrantsAsked, GrantsQuery};

/// A user's grants
///
/// Newest first, used-up ones too.
#[utoipa::path(
    get,
    path = "/api/credits/grants",
    operation_id = "listGrants",
    tag = "grants",
    params(GrantsQuery),
    responses((status = 200, description = "A page of them", body = GrantList)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query(asked): Query<GrantsQuery>,
) -> Result<Reply<GrantList>, Problem> {
    let GrantsAsked { whose, status, page } = asked;
    let caller = caller.into_inner();
    Ok(Reply::ok(api.app().list_grants(&caller, whose, status, page).await?))
}
