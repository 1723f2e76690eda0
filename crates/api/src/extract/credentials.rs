//! What a request proves its caller with: a bearer token, or without one the
//! cookie of a session. A browser sends cookies whoever made it ask, so with a
//! cookie a request that changes something must come from our own pages.

use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, Method, header};
use secrecy::SecretString;

use super::cookie;
use crate::problem::{Code, Problem};

/// Where the page that asks comes from; browsers alone can say so.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a request proves its caller with.
pub(super) enum Credentials {
    /// The token of `Authorization: Bearer …`.
    Bearer(SecretString),
    /// The token of a session in its cookie.
    Cookie(SecretString),
}

impl Credentials {
    /// What the headers hold.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        match headers.get(header::AUTHORIZATION) {
            Some(value) => {
                bearer(value.to_str().ok()).map(Self::Bearer).ok_or_else(unauthenticated)
            }
            None => cookie::session(headers).map(Self::Cookie).ok_or_else(unauthenticated),
        }
    }

    /// Whether there are any, true or not.
    pub(super) fn are_in(headers: &HeaderMap) -> bool {
        headers.contains_key(header::AUTHORIZATION) || cookie::session(headers).is_some()
    }

    pub(super) const fn token(&self) -> &SecretString {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }

    pub(super) fn into_token(self) -> SecretString {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }

    /// Nothing, or that another site may have made the browser ask.
    pub(super) fn check_origin(&self, parts: &Parts) -> Result<(), Problem> {
        let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if matches!(self, Self::Bearer(_)) || safe || is_ours(parts) {
            return Ok(());
        }
        let detail = "With the cookie of a session, what changes something must come from a page \
                      of this server. Elsewhere send the token as `Authorization: Bearer …`.";
        Err(Problem::new(Code::Forbidden, detail))
    }
}

fn bearer(value: Option<&str>) -> Option<SecretString> {
    let (scheme, token) = value?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| SecretString::from(token.trim()))
}

/// Whether a page of this server asks, or the person themselves. Browsers too
/// old to say so name the page's origin.
fn is_ours(parts: &Parts) -> bool {
    if let Some(site) = parts.headers.get(SEC_FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    let host = text(header::HOST).or_else(|| parts.uri.authority().map(Authority::as_str));
    match (origin, host) {
        (Some((_, origin)), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

pub(super) fn unauthenticated() -> Problem {
    let detail = "Send the header `Authorization: Bearer KEY` with a key that is not revoked.";
    Problem::new(Code::Unauthenticated, detail)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let request = Request::post("/").header("host", "credits.example:8005");
        let with = |request: http::request::Builder, (name, value): &(&str, &str)| {
            request.header(*name, *value)
        };
        headers.iter().fold(request, with).body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_a_page_of_ours_changes_something_with_a_cookie() {
        let own = ("origin", "https://credits.example:8005");
        for (headers, let_in) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), own], false),
            (&[own], true),
            (&[("origin", "https://Credits.Example:8005")], true),
            (&[("origin", "https://credits.example")], false),
            (&[("origin", "https://credits.example:8005.evil.example")], false),
            (&[("origin", "null")], false),
            (&[], false),
        ] {
            let cookie = Credentials::Cookie("st_1".into());
            assert_eq!(cookie.check_origin(&parts(headers)).is_ok(), let_in, "{headers:?}");
            let bearer = Credentials::Bearer("st_1".into());
            assert!(bearer.check_origin(&parts(headers)).is_ok(), "{headers:?}");
        }
    }

    #[test]
    fn a_cookie_may_look_at_things_from_anywhere() {
        let mut parts = parts(&[("sec-fetch-site", "cross-site")]);
        for (method, let_in) in [("GET", true), ("HEAD", true), ("DELETE", false), ("X", false)] {
            parts.method = method.parse().unwrap();
            let cookie = Credentials::Cookie("st_1".into());
            assert_eq!(cookie.check_origin(&parts).is_ok(), let_in, "{method}");
        }
    }
}
