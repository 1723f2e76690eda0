//! Bodies: JSON of a bounded size, read whole, then parsed into the arguments
//! of a use case. Comes after the caller and the key in a handler's list.

use axum::body::Body as HttpBody;
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, header};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;

use super::object;
use crate::api::Api;
use crate::problem::{Code, Problem};

/// What a body may be: JSON that turns into the arguments of a use case.
pub(crate) trait Body {
    /// The arguments of the use case.
    type Request;

    /// The most bytes it may have.
    const BYTES_MAX: usize = 64 * 1024;

    /// Reads it, or says what is wrong with it.
    fn parse(json: &[u8]) -> Result<Self::Request, Problem>;
}

/// A wire type whose fields are the request's.
pub(crate) trait Form: DeserializeOwned {
    /// The arguments of the use case.
    type Request;

    /// What no single field can tell: values that don't go together.
    fn into_request(self) -> Result<Self::Request, Problem>;
}

impl<F: Form> Body for F {
    type Request = F::Request;

    fn parse(json: &[u8]) -> Result<F::Request, Problem> {
        object::read::<F>(json)?.into_request()
    }
}

/// The request in the body.
pub(crate) struct Json<B: Body>(pub(crate) B::Request);

/// No body, or an empty object.
pub(crate) struct NoBody;

/// The bytes of a body as they came: what is signed must not be read first.
pub(crate) struct Raw(pub(crate) Bytes);

impl Raw {
    /// The most bytes it may have.
    const BYTES_MAX: usize = 256 * 1024;
}

impl FromRequest<Api> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Api) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        collect(&parts.headers, body, Self::BYTES_MAX).await.map(Self)
    }
}

/// How much of a body too large is let pass by before the answer.
const DISCARD_BYTES_MAX: usize = 16 * 1024 * 1024;

impl<B: Body> FromRequest<Api> for Json<B>
where
    B::Request: Send,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Api) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        check_media_type(&parts.headers)?;
        let bytes = collect(&parts.headers, body, B::BYTES_MAX).await?;
        B::parse(&bytes).map(Self)
    }
}

impl FromRequest<Api> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Api) -> Result<Self, Problem> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}

        let (parts, body) = request.into_parts();
        let bytes = collect(&parts.headers, body, 1024).await?;
        if bytes.is_empty() {
            return Ok(Self);
        }
        check_media_type(&parts.headers)?;
        object::read::<Nothing>(&bytes).map(|Nothing {}| Self)
    }
}

/// `application/json`, or any other type written as JSON.
fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get(header::CONTENT_TYPE).is_some_and(is_json) {
        return Ok(());
    }
    let detail = "Send the body as JSON, with the header `Content-Type: application/json`.";
    Err(Problem::new(Code::UnsupportedMediaType, detail))
}

fn is_json(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else { return false };
    let essence = text.split(';').next().unwrap_or_default().trim();
    let Some((kind, name)) = essence.split_once('/') else { return false };
    let written_as = name.rsplit_once('+').map_or(name, |(_, suffix)| suffix);
    kind.eq_ignore_ascii_case("application") && written_as.eq_ignore_ascii_case("json")
}

/// The whole body, unless it is too large or ends early. A body in one piece,
/// as most are, is not copied.
pub(super) async fn collect(
    headers: &HeaderMap,
    mut body: HttpBody,
    max: usize,
) -> Result<Bytes, Problem> {
    if content_length(headers).is_some_and(|length| length > max) {
        if !headers.contains_key(header::EXPECT) {
            discard(body).await;
        }
        return Err(too_large(max));
    }
    let (mut first, mut rest, mut total) = (Bytes::new(), BytesMut::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| cut_short())?;
        let Ok(data) = frame.into_data() else { continue };
        total = total.saturating_add(data.len());
        if total > max {
            discard(body).await;
            return Err(too_large(max));
        }
        match first.is_empty() {
            true => first = data,
            false if rest.is_empty() => {
                rest.reserve(first.len() + data.len());
                rest.extend_from_slice(&first);
                rest.extend_from_slice(&data);
            }
            false => rest.extend_from_slice(&data),
        }
    }
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}

/// Lets a body pass by, within reason: a client that is still sending when the
/// connection closes would see a reset instead of the answer.
async fn discard(mut body: HttpBody) {
    let mut left = DISCARD_BYTES_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        let Some(still) = left.checked_sub(bytes) else { return };
        left = still;
    }
}

fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(max: usize) -> Problem {
    let detail = format!("The body may have {max} bytes here. Send less, or several requests.");
    Problem::new(Code::BodyTooLarge, detail)
}

fn cut_short() -> Problem {
    Problem::new(Code::MalformedJson, "The body ended early. Send it again, whole.")
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    async fn collected(pieces: &[&'static str], max: usize) -> Result<Bytes, Code> {
        let pieces: Vec<_> = pieces.iter().map(|piece| Ok::<_, std::io::Error>(*piece)).collect();
        let body = HttpBody::from_stream(stream::iter(pieces));
        collect(&HeaderMap::new(), body, max).await.map_err(|problem| problem.code())
    }

    #[tokio::test]
    async fn a_body_in_pieces_is_put_together() {
        assert_eq!(collected(&["{\"a\"", ":1", "}"], 16).await.unwrap(), "{\"a\":1}");
        assert_eq!(collected(&[], 16).await.unwrap(), "");
    }

    #[tokio::test]
    async fn a_body_is_refused_at_the_first_byte_too_many() {
        assert!(collected(&["12", "34"], 4).await.is_ok());
        assert!(collected(&["12", "3", "4", "5"], 5).await.is_ok(), "each byte counts once");
        assert_eq!(collected(&["12", "3", "4", "56"], 5).await, Err(Code::BodyTooLarge));
        assert_eq!(collected(&["12", "345"], 4).await, Err(Code::BodyTooLarge));
        let headers = HeaderMap::from_iter([(header::CONTENT_LENGTH, HeaderValue::from(5))]);
        let announced = collect(&headers, HttpBody::empty(), 4).await;
        assert_eq!(announced.unwrap_err().code(), Code::BodyTooLarge);
    }

    #[test]
    fn json_is_told_by_its_media_type() {
        for (text, is) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/vnd.api+json", true),
            ("text/json", false),
            ("application/jsonp", false),
            ("application/x-www-form-urlencoded", false),
            ("json", false),
        ] {
            assert_eq!(is_json(&HeaderValue::from_static(text)), is, "{text}");
        }
    }
}
