//! `GET /api/admin/top-ups`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Oversees, Query};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{TopUpList, TopUpsQuery};

/// Everybody's top-ups
///
/// What users agreed to and how it stands, the last that changed first.
#[utoipa::path(
    get,
    path = "/api/admin/top-ups",
    operation_id = "listTopUps",
    tag = "purchases",
    params(TopUpsQuery),
    responses((status = 200, description = "A page of them", body = TopUpList)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Oversees>,
    Query((status, page)): Query<TopUpsQuery>,
) -> Result<Reply<TopUpList>, Problem> {
    Ok(Reply::ok(api.app().list_top_ups(&caller.into_inner(), status, page).await?))
}
