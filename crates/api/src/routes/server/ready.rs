//! `GET /readyz`

use app::ledger::SubmitError;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::problem::Problem;
use crate::reply::Reply;

/// How the ledger is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Readiness {
    #[schema(value_type = String, examples("ready"))]
    status: &'static str,
    /// The last record of the journal.
    head_seq: i64,
    /// The last record the tables have.
    projected_seq: i64,
}

/// Can it take mutations?
///
/// Red once the ledger stopped, and while its clock waits to be confirmed.
/// Reads go on either way.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "ready",
    tag = "server",
    responses((status = 200, description = "It can", body = Readiness)),
    extensions(("x-codes" = json!(["ledger_stopped", "clock_jump"]))),
)]
pub(crate) async fn ready(State(api): State<Api>) -> Result<Reply<Readiness>, Problem> {
    let health = api.app().ledger().health();
    if health.stopped.is_some() {
        return Err(SubmitError::Stopped.into());
    }
    health.clock.map_err(SubmitError::from)?;
    let (head_seq, projected_seq) = (health.head.number(), health.projected.number());
    Ok(Reply::ok(Readiness { status: "ready", head_seq, projected_seq }))
}
