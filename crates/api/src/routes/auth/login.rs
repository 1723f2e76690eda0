//! `POST /api/auth/login`

use app::SignIn;
use axum::extract::State;
use axum::response::IntoResponse;

use crate::api::Api;
use crate::extract::Json;
use crate::extract::cookie::{self, Before};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{LoginBody, SignedIn};

/// Sign in
///
/// The token is the session: send it as the bearer, or let the browser keep it
/// as a cookie. At most 10 passwords are tried for an address in 15 minutes.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    operation_id = "signIn",
    tag = "auth",
    request_body = LoginBody,
    responses((status = 200, description = "A session", body = SignedIn)),
    extensions(("x-codes" = json!(["unauthenticated", "account_suspended", "rate_limited"]))),
)]
pub(crate) async fn login(
    State(api): State<Api>,
    Before(replaces): Before,
    Json((email, password)): Json<LoginBody>,
) -> Result<impl IntoResponse, Problem> {
    let app = api.app().clone();
    let sign_in = SignIn { email, password, replaces };
    let signed_in = api.run(async move { app.sign_in(sign_in).await }).await?;
    Ok((cookie::set(&signed_in)?, Reply::<SignedIn>::ok(signed_in)))
}
