//! `POST /api/admin/services/{key}/versions`

use axum::extract::State;
use domain::ServiceKey;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, Named, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PriceBody, Service};

/// A new version of a service's price
///
/// It holds from now on. Holds that were placed before are captured by the
/// version they pinned.
#[utoipa::path(
    post,
    path = "/api/admin/services/{key}/versions",
    operation_id = "repriceService",
    tag = "services",
    params(("key" = String, Path, description = "The service", example = "llm"), AcceptedKey),
    request_body = PriceBody,
    responses((status = 201, description = "The service with all its prices", body = Service)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn reprice(
    State(api): State<Api>,
    caller: Caller<Administers>,
    service: Named<ServiceKey>,
    OptionalKey(key): OptionalKey,
    Json(price): Json<PriceBody>,
) -> Result<Reply<Service>, Problem> {
    let service = service.get()?;
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let reprice = async move { app.new_price_version(&caller, key, service, price).await };
    api.run(reprice).await.map(Reply::made)
}
