//! `GET /api/admin/promotions/{id}`

use axum::extract::State;
use domain::PromotionId;

use crate::api::Api;
use crate::extract::{Administers, Caller, Named, Query};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PromotionHistory, PromotionsQuery};

/// A promotion with who used it
#[utoipa::path(
    get,
    path = "/api/admin/promotions/{id}",
    operation_id = "getPromotion",
    tag = "promotions",
    params(
        ("id" = i64, Path, description = "The promotion", example = 1),
        PromotionsQuery,
    ),
    responses((status = 200, description = "It and a page of its uses", body = PromotionHistory)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Administers>,
    id: Named<PromotionId>,
    Query(page): Query<PromotionsQuery>,
) -> Result<Reply<PromotionHistory>, Problem> {
    let (id, caller) = (id.get()?, caller.into_inner());
    Ok(Reply::ok(api.app().get_promotion(&caller, id, page).await?))
}
