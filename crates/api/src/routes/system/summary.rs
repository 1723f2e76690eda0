//! `GET /api/admin/credits/system/summary`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Oversees};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::SystemCreditSummary;

/// The credits of all users together
///
/// What falls due while nobody looks at its wallet counts about a second later.
#[utoipa::path(
    get,
    path = "/api/admin/credits/system/summary",
    operation_id = "getSystemSummary",
    tag = "users",
    responses((status = 200, description = "The summary", body = SystemCreditSummary)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn summary(
    State(api): State<Api>,
    caller: Caller<Oversees>,
) -> Result<Reply<SystemCreditSummary>, Problem> {
    Ok(Reply::ok(api.app().system_summary(&caller.into_inner()).await?))
}
