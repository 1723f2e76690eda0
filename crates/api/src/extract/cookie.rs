//! The cookie of a session. `__Host-` binds it to this host, over TLS or on the
//! machine itself; scripts can't read it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};

use crate::api::Api;
use crate::problem::Problem;

/// What it is called.
const NAME: &str = "__Host-credits_session";

/// Whom it is sent to.
const FLAGS: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// The session that a browser had before, for a request that begins another.
pub(crate) struct Before(pub(crate) Option<SecretString>);

/// A header that sets the cookie or removes it.
pub(crate) type SetCookie = [(HeaderName, HeaderValue); 1];

impl FromRequestParts<Api> for Before {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Infallible> {
        Ok(Self(session(&parts.headers)))
    }
}

/// The session in the cookie, if there is one.
pub(super) fn session(headers: &HeaderMap) -> Option<SecretString> {
    let cookies = headers.get_all(header::COOKIE).into_iter();
    let pairs = cookies.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='));
    values.next().map(SecretString::from).filter(app::is_session)
}

/// Hands a session to the browser, for as long as it lasts.
pub(crate) fn set(signed_in: &app::SignedIn) -> Result<SetCookie, Problem> {
    let (token, lasts_s) = (signed_in.token.expose_secret(), signed_in.lasts_s);
    let text = format!("{NAME}={token}; Max-Age={lasts_s}; {FLAGS}");
    let mut value = HeaderValue::from_str(&text).map_err(Problem::internal)?;
    value.set_sensitive(true);
    Ok([(header::SET_COOKIE, value)])
}

/// Takes it away again.
pub(crate) fn clear() -> Result<SetCookie, Problem> {
    let text = format!("{NAME}=; Max-Age=0; {FLAGS}");
    Ok([(header::SET_COOKIE, HeaderValue::from_str(&text).map_err(Problem::internal)?)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies_and_nothing_else_is_one() {
        for (cookies, found) in [
            (&["a=b; __Host-credits_session=st_1; c=d"][..], Some("st_1")),
            (&["a=b", "__Host-credits_session=st_1"], Some("st_1")),
            (&["__Host-credits_session=sk_1"], None),
            (&["__Host-credits_session=a.b.c"], None),
            (&["credits_session=st_1"], None),
            (&["__Host-credits_sessions=st_1"], None),
            (&["__Host-credits_session"], None),
            (&[], None),
        ] {
            let headers = cookies.iter().map(|text| (header::COOKIE, text.parse().unwrap()));
            let found_now = session(&headers.collect());
            assert_eq!(found_now.as_ref().map(SecretString::expose_secret), found, "{cookies:?}");
        }
    }
}
