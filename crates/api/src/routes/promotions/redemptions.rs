//! `GET /api/credits/promotions/redemptions`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Query, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{RedemptionList, RedemptionsQuery};

/// The promotions a user used
///
/// Newest first, those too that nothing came of.
#[utoipa::path(
    get,
    path = "/api/credits/promotions/redemptions",
    operation_id = "listRedemptions",
    tag = "promotions",
    params(RedemptionsQuery),
    responses((status = 200, description = "A page of them", body = RedemptionList)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn redemptions(
    State(api): State<Api>,
    caller: Caller<Reads>,
    Query((whose, page)): Query<RedemptionsQuery>,
) -> Result<Reply<RedemptionList>, Problem> {
    Ok(Reply::ok(api.app().list_redemptions(&caller.into_inner(), whose, page).await?))
}
