//! `POST /api/credits/purchase`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, OptionalKey, SpendsOrGrants, Values};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{CreditTransaction, PurchaseBody};

/// Buy credits
///
/// Once for each payment, whatever number of requests name it. What is not paid
/// yet answers 402 with what there is to do, and the same key goes on until it is.
/// In a test book every payment is settled at once, unless `payment_method` says
/// otherwise. The values may come as query parameters instead.
#[utoipa::path(
    post,
    path = "/api/credits/purchase",
    operation_id = "purchaseCredits",
    tag = "purchases",
    params(AcceptedKey, PurchaseBody),
    request_body = PurchaseBody,
    responses((status = 200, description = "The transaction", body = CreditTransaction)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!([
        "not_found", "below_minimum", "payment_required", "account_paused", "account_suspended",
        "limit_reached", "payment_cancelled", "promotion_exhausted", "promotion_not_applicable",
        "rate_limited"
    ]))),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    OptionalKey(key): OptionalKey,
    Values(request): Values<PurchaseBody>,
) -> Result<Reply<CreditTransaction>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.purchase(&caller, key, request).await }).await.map(Reply::done)
}
