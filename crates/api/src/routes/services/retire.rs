//! `POST /api/admin/services/{key}/retire`

use axum::extract::State;
use domain::ServiceKey;

use crate::api::Api;
use crate::extract::{Administers, Caller, Named, NoBody, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Service;

/// Retire a service
///
/// Nothing new is priced by it. Open holds may still be captured.
#[utoipa::path(
    post,
    path = "/api/admin/services/{key}/retire",
    operation_id = "retireService",
    tag = "services",
    params(("key" = String, Path, description = "The service", example = "llm"), AcceptedKey),
    responses((status = 200, description = "The service", body = Service)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn retire(
    State(api): State<Api>,
    caller: Caller<Administers>,
    service: Named<ServiceKey>,
    OptionalKey(key): OptionalKey,
    _: NoBody,
) -> Result<Reply<Service>, Problem> {
    let service = service.get()?;
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.retire_service(&caller, key, service).await }).await.map(Reply::done)
}
