//! `POST /api/admin/rates`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{Rates, RatesBody};

/// The next version of the rates
///
/// It holds from now on. A price that was promised before is kept until its
/// quote expires.
#[utoipa::path(
    post,
    path = "/api/admin/rates",
    operation_id = "createRates",
    tag = "purchases",
    params(AcceptedKey),
    request_body = RatesBody,
    responses((status = 201, description = "The rates that hold now", body = Rates)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    Json(new): Json<RatesBody>,
) -> Result<Reply<Rates>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.create_rates(&caller, key, new).await }).await.map(Reply::made)
}
