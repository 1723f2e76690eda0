//! `DELETE /api/credits/top-up`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, OptionalKey, Query, SpendsOrGrants};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Done;
use crate::wire::SummaryQuery;

/// Turn top-ups off
///
/// Nothing more is begun once this is answered. What is being bought already is not
/// stopped.
#[utoipa::path(
    delete,
    path = "/api/credits/top-up",
    operation_id = "endTopUp",
    tag = "purchases",
    params(SummaryQuery, AcceptedKey),
    responses((status = 204, description = "They are off")),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!(["not_found"]))),
)]
pub(crate) async fn end(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    OptionalKey(key): OptionalKey,
    Query(whose): Query<SummaryQuery>,
) -> Result<Done, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.end_top_up(&caller, key, whose).await }).await.map(Done::from)
}
