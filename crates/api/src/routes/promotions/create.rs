//! `POST /api/admin/promotions`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{CreditPromotion, PromotionBody};

/// Make a promotion
///
/// With a code it is for who types it, without one it applies by itself. They
/// never stack: a purchase has one, the best for its buyer.
#[utoipa::path(
    post,
    path = "/api/admin/promotions",
    operation_id = "createPromotion",
    tag = "promotions",
    params(AcceptedKey),
    request_body = PromotionBody,
    responses((status = 201, description = "The promotion", body = CreditPromotion)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    Json(new): Json<PromotionBody>,
) -> Result<Reply<CreditPromotion>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.create_promotion(&caller, key, new).await }).await.map(Reply::made)
}
