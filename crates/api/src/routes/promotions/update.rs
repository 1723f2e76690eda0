//! `PATCH /api/admin/promotions/{id}`

use axum::extract::State;
use domain::PromotionId;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, Named, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{CreditPromotion, PromotionPatchBody};

/// Change a promotion
///
/// From now on: what was given stays, and so does a price that was promised.
#[utoipa::path(
    patch,
    path = "/api/admin/promotions/{id}",
    operation_id = "updatePromotion",
    tag = "promotions",
    params(("id" = i64, Path, description = "The promotion", example = 1), AcceptedKey),
    request_body = PromotionPatchBody,
    responses((status = 200, description = "The promotion", body = CreditPromotion)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn update(
    State(api): State<Api>,
    caller: Caller<Administers>,
    id: Named<PromotionId>,
    OptionalKey(key): OptionalKey,
    Json(patch): Json<PromotionPatchBody>,
) -> Result<Reply<CreditPromotion>, Problem> {
    let id = id.get()?;
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let update = async move { app.update_promotion(&caller, key, id, patch).await };
    api.run(update).await.map(Reply::done)
}
