//! `PUT /api/credits/top-up`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, SpendsOrGrants};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{TopUp, TopUpBody};

/// Agree to top-ups
///
/// Below the threshold credits are bought by themselves, never for more than the caps.
/// Terms that were agreed to before hold no more. A payment that is declined, refunded or
/// disputed stops them. A key needs `credits:grant` to agree for somebody.
#[utoipa::path(
    put,
    path = "/api/credits/top-up",
    operation_id = "setTopUp",
    tag = "purchases",
    params(RequiredKey),
    request_body = TopUpBody,
    responses((status = 200, description = "They are on", body = TopUp)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!(["not_found", "below_minimum", "payment_required"]))),
)]
pub(crate) async fn set(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Key(key): Key,
    Json(request): Json<TopUpBody>,
) -> Result<Reply<TopUp>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.set_top_up(&caller, key, request).await }).await.map(Reply::done)
}
