//! `POST /api/credits/holds`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, Spends};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{Hold, HoldBody};

/// Reserve credits
///
/// A hold keeps credits for work that is about to begin. Capture what was used,
/// release the rest; what is left at its expiry goes back, or is charged if
/// `on_expiry` says so.
#[utoipa::path(
    post,
    path = "/api/credits/holds",
    operation_id = "createHold",
    tag = "holds",
    params(RequiredKey),
    request_body = HoldBody,
    responses((status = 201, description = "The hold", body = Hold)),
    security(("bearer" = ["credits:spend"])),
    extensions(("x-codes" = json!([
        "insufficient_credits", "not_found", "account_paused", "account_suspended",
        "hold_settled", "hold_expired", "limit_reached"
    ]))),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<Spends>,
    Key(key): Key,
    Json(request): Json<HoldBody>,
) -> Result<Reply<Hold>, Problem> {
    let held = api.app().authorize(&caller.into_inner(), Some(key), request).await?;
    Ok(Reply::made(held))
}
