//! Values that may come in the body or in the query: clients of the platform
//! send either. Comes last in a handler's list, as a body does.

use axum::extract::{FromRequest, Request};

use super::body::{Body, Json, collect};
use super::query::object_of;
use crate::api::Api;
use crate::problem::Problem;

/// The request in the body, or in the query where there is one.
pub(crate) struct Values<B: Body>(pub(crate) B::Request);

impl<B: Body> FromRequest<Api> for Values<B>
where
    B::Request: Send,
{
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let query = request.uri().query().filter(|query| !query.is_empty()).map(object_of);
        let Some(query) = query else {
            return Json::<B>::from_request(request, api).await.map(|Json(request)| Self(request));
        };
        let (parts, body) = request.into_parts();
        let bytes = collect(&parts.headers, body, B::BYTES_MAX).await?;
        if !says_nothing(&bytes) {
            let detail = "must be sent in the body or in the query, not in both";
            return Err(Problem::invalid_at("", detail));
        }
        B::parse(query.as_bytes()).map(Self)
    }
}

/// Some clients can't send no body at all.
fn says_nothing(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii(), b"" | b"null" | b"{}")
}
