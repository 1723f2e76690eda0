//! `POST /api/credits/batch`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, SpendsOrGrants};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{Batch, BatchBody, BatchResults, status};

/// Many operations at once
///
/// Each has a key of its own and is decided for itself; with `atomic` all are
/// done or none, and the problem names the first refused one by `index`. An
/// operation needs the scope its own endpoint needs.
#[utoipa::path(
    post,
    path = "/api/credits/batch",
    operation_id = "batch",
    tag = "credits",
    request_body = Batch,
    responses((status = 200, description = "What came of each", body = BatchResults)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!([
        "insufficient_credits", "not_found", "account_paused", "account_suspended",
        "hold_settled", "hold_expired", "hold_has_children", "over_capture", "limit_reached",
        "idempotency_key_reused"
    ]))),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Json(request): Json<BatchBody<'static>>,
) -> Result<Reply<BatchResults>, Problem> {
    let done: Vec<_> = request.operations.iter().map(|operation| status(&operation.op)).collect();
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let results = api.run(async move { app.batch(&caller, request).await }).await?;
    Ok(Reply::ok(BatchResults::of(results, done)))
}
