//! `POST /api/credits/holds/{id}/extend`

use axum::extract::State;
use domain::HoldId;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, Named, Spends};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{ExtendBody, Hold};

/// Keep a hold for longer
///
/// Its expiry never moves earlier; its whole life is at most 30 days.
#[utoipa::path(
    post,
    path = "/api/credits/holds/{id}/extend",
    operation_id = "extendHold",
    tag = "holds",
    params(("id" = String, Path, description = "The hold", example = "hold_1_42"), RequiredKey),
    request_body = ExtendBody,
    responses((status = 200, description = "The hold", body = Hold)),
    security(("bearer" = ["credits:spend"])),
    extensions(("x-codes" = json!(["hold_settled", "hold_expired", "limit_reached"]))),
)]
pub(crate) async fn extend(
    State(api): State<Api>,
    caller: Caller<Spends>,
    id: Named<HoldId>,
    Key(key): Key,
    Json(asked): Json<ExtendBody>,
) -> Result<Reply<Hold>, Problem> {
    let request = asked.of(id.get()?);
    let extended = api.app().extend(&caller.into_inner(), Some(key), request).await?;
    Ok(Reply::done(extended))
}
