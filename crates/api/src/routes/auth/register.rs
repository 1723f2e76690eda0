//! `POST /api/auth/register`

use app::NewAccount;
use axum::extract::State;
use axum::response::IntoResponse;

use crate::api::Api;
use crate::extract::cookie::{self, Before};
use crate::extract::{Json, Newcomer};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{RegisterBody, SignedIn};

/// Make an account
///
/// A customer's, and signs them in. Where `registration` is closed an admin
/// makes accounts.
#[utoipa::path(
    post,
    path = "/api/auth/register",
    operation_id = "register",
    tag = "auth",
    request_body = RegisterBody,
    responses((status = 201, description = "A session", body = SignedIn)),
    extensions(("x-codes" = json!(["forbidden"]))),
)]
pub(crate) async fn register(
    State(api): State<Api>,
    newcomer: Newcomer,
    Before(replaces): Before,
    Json((email, name, password)): Json<RegisterBody>,
) -> Result<impl IntoResponse, Problem> {
    let app = api.app().clone();
    let new = NewAccount { email, name, password, replaces };
    let signed_in = api.run(async move { app.register(newcomer.request, new).await }).await?;
    Ok((cookie::set(&signed_in)?, Reply::<SignedIn>::created(signed_in)))
}
