//! `GET /api/credits/rate`

use axum::extract::State;

use crate::api::Api;
use crate::extract::Visitor;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::CreditRate;

/// What credits cost
///
/// For everyone; with a token, also what they cost you.
#[utoipa::path(
    get,
    path = "/api/credits/rate",
    operation_id = "getCreditRate",
    tag = "purchases",
    responses((status = 200, description = "The rate", body = CreditRate)),
    security((), ("bearer" = [])),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    Visitor(caller): Visitor,
) -> Result<Reply<CreditRate>, Problem> {
    Ok(Reply::ok(api.app().rate(caller.as_ref()).await?))
}
