//! `GET /api/admin/credits/users/status`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Oversees, Query};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{StandingsAsked, StandingsQuery, UserCreditStatusList};

/// Users and how their credits stand
///
/// Newest first. What falls due while nobody looks at its wallet counts about a
/// second later.
#[utoipa::path(
    get,
    path = "/api/admin/credits/users/status",
    operation_id = "getUsersCreditStatus",
    tag = "users",
    params(StandingsQuery),
    responses((status = 200, description = "A page of them", body = UserCreditStatusList)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Oversees>,
    Query(asked): Query<StandingsQuery>,
) -> Result<Reply<UserCreditStatusList>, Problem> {
    let StandingsAsked { filter, page } = asked;
    Ok(Reply::ok(api.app().list_standings(&caller.into_inner(), filter, page).await?))
}
