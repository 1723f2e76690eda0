//! `POST /api/credits/quote`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, ReadsOrSpends};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{Quote, QuoteBody};

/// What quantities would cost
///
/// By the service's present price. It changes nothing and reserves nothing.
#[utoipa::path(
    post,
    path = "/api/credits/quote",
    operation_id = "quote",
    tag = "credits",
    request_body = QuoteBody,
    responses((status = 200, description = "The quote", body = Quote)),
    security(("bearer" = ["credits:read"]), ("bearer" = ["credits:spend"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<ReadsOrSpends>,
    Json(request): Json<QuoteBody>,
) -> Result<Reply<Quote>, Problem> {
    Ok(Reply::ok(api.app().quote(&caller.into_inner(), request).await?))
}
