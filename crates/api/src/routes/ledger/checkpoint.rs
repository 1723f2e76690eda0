//! `GET /api/admin/ledger/checkpoint`

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};

use crate::api::Api;
use crate::extract::{Administers, Caller};
use crate::problem::Problem;

/// A signed statement of where the journal is
///
/// Keep it elsewhere: `credits verify --checkpoint FILE` shows with it that
/// nothing before was changed since.
#[utoipa::path(
    get,
    path = "/api/admin/ledger/checkpoint",
    operation_id = "getCheckpoint",
    tag = "ledger",
    responses((status = 200, description = "The checkpoint", body = Object)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn checkpoint(
    State(api): State<Api>,
    _: Caller<Administers>,
) -> Result<Response, Problem> {
    let mut response = api.proof().checkpoint().await?.to_json().into_response();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(response)
}
