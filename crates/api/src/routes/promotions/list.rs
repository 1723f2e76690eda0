//! `GET /api/admin/promotions`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Query};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PromotionList, PromotionsQuery};

/// Promotions with their uses
///
/// Newest first, those that are over too.
#[utoipa::path(
    get,
    path = "/api/admin/promotions",
    operation_id = "listPromotions",
    tag = "promotions",
    params(PromotionsQuery),
    responses((status = 200, description = "A page of them", body = PromotionList)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Administers>,
    Query(page): Query<PromotionsQuery>,
) -> Result<Reply<PromotionList>, Problem> {
    Ok(Reply::ok(api.app().list_promotions(&caller.into_inner(), page).await?))
}
