//! `POST /api/credits/promotions/redeem`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, SpendsOrGrants};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{RedeemBody, Redemption};

/// Redeem a code for the credits it gives
///
/// Once for each use a promotion has. What takes something off a price is sent
/// with a purchase instead.
#[utoipa::path(
    post,
    path = "/api/credits/promotions/redeem",
    operation_id = "redeemPromotion",
    tag = "promotions",
    params(RequiredKey),
    request_body = RedeemBody,
    responses((status = 201, description = "The use, and what it gave", body = Redemption)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!([
        "not_found", "account_paused", "account_suspended", "limit_reached",
        "promotion_exhausted", "promotion_not_applicable", "rate_limited"
    ]))),
)]
pub(crate) async fn redeem(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Key(key): Key,
    Json(request): Json<RedeemBody>,
) -> Result<Reply<Redemption>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.redeem(&caller, key, request).await }).await.map(Reply::made)
}
