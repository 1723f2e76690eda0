//! `POST /api/admin/clock/confirm`

use axum::extract::State;
use http::StatusCode;

use crate::api::Api;
use crate::extract::{Administers, Caller, NoBody};
use crate::problem::Problem;

/// The clock is right
///
/// After a jump of the server's clock mutations wait for a person to look at it
/// and say so.
#[utoipa::path(
    post,
    path = "/api/admin/clock/confirm",
    operation_id = "confirmClock",
    tag = "ledger",
    responses((status = 204, description = "Commands go on")),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn confirm(
    State(api): State<Api>,
    caller: Caller<Administers>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    api.app().confirm_clock(&caller.into_inner())?;
    Ok(StatusCode::NO_CONTENT)
}
