//! `POST /api/credits/holds/{id}/capture`

use axum::extract::State;
use domain::HoldId;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, Named, Spends};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{Capture, CaptureBody};

/// Charge what was used of a hold
///
/// A final capture, which it is unless `final` is false, releases the rest.
#[utoipa::path(
    post,
    path = "/api/credits/holds/{id}/capture",
    operation_id = "captureHold",
    tag = "holds",
    params(("id" = String, Path, description = "The hold", example = "hold_1_42"), RequiredKey),
    request_body = CaptureBody,
    responses((status = 200, description = "The hold and the transaction", body = Capture)),
    security(("bearer" = ["credits:spend"])),
    extensions(("x-codes" = json!([
        "hold_settled", "hold_expired", "hold_has_children", "over_capture"
    ]))),
)]
pub(crate) async fn capture(
    State(api): State<Api>,
    caller: Caller<Spends>,
    id: Named<HoldId>,
    Key(key): Key,
    Json(asked): Json<CaptureBody>,
) -> Result<Reply<Capture>, Problem> {
    let request = asked.of(id.get()?);
    let captured = api.app().capture(&caller.into_inner(), Some(key), request).await?;
    Ok(Reply::done(captured))
}
