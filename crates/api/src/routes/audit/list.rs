//! `GET /api/admin/audit`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Query};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{AuditList, AuditQuery};

/// The audit log
///
/// Who did what to whom, newest first. Everything that was answered before is
/// in it. Spends and holds are not: they are in the history of who spent.
#[utoipa::path(
    get,
    path = "/api/admin/audit",
    operation_id = "listAudit",
    tag = "ledger",
    params(AuditQuery),
    responses((status = 200, description = "A page of it", body = AuditList)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Administers>,
    Query((filter, page)): Query<AuditQuery>,
) -> Result<Reply<AuditList>, Problem> {
    Ok(Reply::ok(api.audit().list(&caller.into_inner(), filter, page).await?))
}
