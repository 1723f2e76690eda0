//! `GET /errors/{code}`: where the `type` of a problem leads.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use crate::extract::Named;
use crate::problem::{Code, Problem};

/// What an error code means
///
/// The page a problem's `type` names, in Markdown.
#[utoipa::path(
    get,
    path = "/errors/{code}",
    operation_id = "error",
    tag = "server",
    params(("code" = String, Path, description = "The code", example = "insufficient_credits")),
    responses((
        status = 200,
        description = "The page",
        body = String,
        content_type = "text/markdown",
    )),
)]
pub(crate) async fn errors(code: Named<Code>) -> Result<Response, Problem> {
    let markdown = HeaderValue::from_static("text/markdown; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, markdown)], code.get()?.page()).into_response())
}
