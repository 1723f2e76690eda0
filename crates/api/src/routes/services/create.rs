//! `POST /api/admin/services`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{Service, ServiceBody};

/// Make a service with its first price
#[utoipa::path(
    post,
    path = "/api/admin/services",
    operation_id = "createService",
    tag = "services",
    params(AcceptedKey),
    request_body = ServiceBody,
    responses((status = 201, description = "The service", body = Service)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    Json(new): Json<ServiceBody>,
) -> Result<Reply<Service>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.create_service(&caller, key, new).await }).await.map(Reply::made)
}
