//! `POST /api/credits/spend`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, Spends};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{CreditTransaction, SpendBody};

/// Spend credits
///
/// Takes an amount, or what the service's price makes of quantities, at once.
/// For work whose cost is known only behind it, place a hold and capture it.
#[utoipa::path(
    post,
    path = "/api/credits/spend",
    operation_id = "spend",
    tag = "credits",
    params(RequiredKey),
    request_body = SpendBody,
    responses((status = 201, description = "The transaction", body = CreditTransaction)),
    security(("bearer" = ["credits:spend"])),
    extensions(("x-codes" = json!([
        "insufficient_credits", "not_found", "account_paused", "account_suspended"
    ]))),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<Spends>,
    Key(key): Key,
    Json(request): Json<SpendBody>,
) -> Result<Reply<CreditTransaction>, Problem> {
    let spent = api.app().spend(&caller.into_inner(), Some(key), request).await?;
    Ok(Reply::made(spent))
}
