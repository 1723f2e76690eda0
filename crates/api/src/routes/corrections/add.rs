//! `POST /api/admin/credits/add`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Grants, Json, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{Corrected, CorrectionBody};

/// Add credits
///
/// They never expire. `reason` becomes the transaction's description;
/// `admin_notes` are in the audit log alone. A pause does not stop it.
#[utoipa::path(
    post,
    path = "/api/admin/credits/add",
    operation_id = "addCredits",
    tag = "credits",
    params(AcceptedKey),
    request_body = CorrectionBody,
    responses((status = 200, description = "They were added", body = Corrected)),
    security(("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!(["not_found", "limit_reached"]))),
)]
pub(crate) async fn add(
    State(api): State<Api>,
    caller: Caller<Grants>,
    OptionalKey(key): OptionalKey,
    Json(request): Json<CorrectionBody>,
) -> Result<Reply<Corrected>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.add_credits(&caller, key, request).await }).await.map(Reply::done)
}
