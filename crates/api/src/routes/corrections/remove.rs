//! `POST /api/admin/credits/remove`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, OptionalKey, Removes};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{Corrected, CorrectionBody};

/// Remove credits
///
/// Only what no hold reserves: 402 beyond it. `reason` becomes the
/// transaction's description; `admin_notes` are in the audit log alone. A pause
/// does not stop it.
#[utoipa::path(
    post,
    path = "/api/admin/credits/remove",
    operation_id = "removeCredits",
    tag = "credits",
    params(AcceptedKey),
    request_body = CorrectionBody,
    responses((status = 200, description = "They were removed", body = Corrected)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["finance", "admin"])), ("x-codes" = json!(["not_found", "insufficient_credits"]))),
)]
pub(crate) async fn remove(
    State(api): State<Api>,
    caller: Caller<Removes>,
    OptionalKey(key): OptionalKey,
    Json(request): Json<CorrectionBody>,
) -> Result<Reply<Corrected>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.remove_credits(&caller, key, request).await }).await.map(Reply::done)
}
