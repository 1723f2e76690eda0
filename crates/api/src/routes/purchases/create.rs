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
/// Once for each payment, whatever number of requests name it. In a test book
/// every payment is settled at once. The values may come as query parameters
/// instead.
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
        "limit_reached", "promotion_exhausted", "promotion_not_applicable"
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
