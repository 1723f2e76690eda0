//! `POST /api/admin/ledger/verify`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, NoBody};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::VerifyReport;

/// Is the book sound?
///
/// Refolds the whole journal against the tables, the words and the checkpoints
/// the server keeps, one verification at a time. It stops when its caller goes,
/// and when it takes longer than `http.verify_timeout_s`; a book of that size is
/// for `credits verify`.
#[utoipa::path(
    post,
    path = "/api/admin/ledger/verify",
    operation_id = "verifyLedger",
    tag = "ledger",
    extensions(("x-codes" = json!(["rate_limited"]))),
    responses((status = 200, description = "What was found", body = VerifyReport)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn verify(
    State(api): State<Api>,
    _: Caller<Administers>,
    _: NoBody,
) -> Result<Reply<VerifyReport>, Problem> {
    Ok(Reply::ok(api.proof().verify().await?))
}
