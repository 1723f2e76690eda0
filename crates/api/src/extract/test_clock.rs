//! `X-Test-Clock`: moves the clock of a test book forward, for its admins, and leaves
//! an entry in the audit log. Not where payments are Stripe's, which counts months by a
//! clock of its own. It moves before the rest of the request is looked at,
//! whatever becomes of that.

use domain::{Scope, Time, instant};
use http::{HeaderMap, HeaderName};

use crate::api::Api;
use crate::problem::{Code, Problem};

/// The header: an RFC 3339 time.
const X_TEST_CLOCK: HeaderName = HeaderName::from_static("x-test-clock");

/// The first instant of 2200: beyond it lie the ends of calendars.
const END: Time = Time::from_micros(7_258_118_400 * Time::SECOND);

/// Moves the clock where the header says, if there is one.
pub(super) async fn follow(
    headers: &HeaderMap,
    caller: &app::Caller,
    api: &Api,
) -> Result<(), Problem> {
    let Some(value) = headers.get(X_TEST_CLOCK) else { return Ok(()) };
    if !api.app().has_movable_clock() || !caller.allows(Scope::Admin) {
        let detail = "X-Test-Clock moves the clock of a test book whose payments are not \
                      Stripe's, for an admin. Leave it out.";
        return Err(Problem::new(Code::Forbidden, detail));
    }
    let time = value.to_str().ok().and_then(|text| instant::parse(text).ok());
    let time = time.filter(|time| *time < END).ok_or_else(|| {
        let detail = "X-Test-Clock must be a time before 2200, such as 2026-11-23T10:00:00Z.";
        Problem::new(Code::InvalidRequest, detail)
    })?;
    let (app, caller) = (api.app().clone(), caller.clone());
    api.run(async move { app.advance_clock(&caller, time).await }).await.map(drop)
}
