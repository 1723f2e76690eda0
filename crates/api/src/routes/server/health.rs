//! `GET /healthz`

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

/// Is the process alive?
///
/// A constant: it says nothing of the ledger.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "health",
    tag = "server",
    responses((status = 200, description = "It is", body = Object)),
)]
pub(crate) async fn health() -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], r#"{"status":"ok"}"#).into_response()
}
