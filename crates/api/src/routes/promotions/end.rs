//! `POST /api/admin/promotions/{id}/end`

use axum::extract::State;
use domain::PromotionId;

use crate::api::Api;
use crate::extract::{Administers, Caller, Named, NoBody, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::CreditPromotion;

/// End a promotion now
///
/// Nothing new is bought with it, but for what a quote promised: that is kept
/// until the quote expires.
#[utoipa::path(
    post,
    path = "/api/admin/promotions/{id}/end",
    operation_id = "endPromotion",
    tag = "promotions",
    params(("id" = i64, Path, description = "The promotion", example = 1), AcceptedKey),
    responses((status = 200, description = "The promotion", body = CreditPromotion)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn end(
    State(api): State<Api>,
    caller: Caller<Administers>,
    id: Named<PromotionId>,
    OptionalKey(key): OptionalKey,
    _: NoBody,
) -> Result<Reply<CreditPromotion>, Problem> {
    let id = id.get()?;
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.end_promotion(&caller, key, id).await }).await.map(Reply::done)
}
