//! `POST /api/subscriptions/preview`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Json, SpendsOrGrants};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PreviewBody, SubscriptionPreview};

/// What an action on a subscription would do
///
/// When it takes effect, what is paid and given at once, and what is billed next. It
/// changes nothing.
#[utoipa::path(
    post,
    path = "/api/subscriptions/preview",
    operation_id = "previewSubscription",
    tag = "subscriptions",
    request_body = PreviewBody,
    responses((status = 200, description = "What it would do", body = SubscriptionPreview)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn preview(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Json(request): Json<PreviewBody>,
) -> Result<Reply<SubscriptionPreview>, Problem> {
    Ok(Reply::ok(api.app().preview_subscription(&caller.into_inner(), request).await?))
}
