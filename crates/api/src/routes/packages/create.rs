//! `POST /api/admin/packages`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PackageBody, PackageHistory};

/// Make a package
///
/// It is offered at once, unless `is_active` is false.
#[utoipa::path(
    post,
    path = "/api/admin/packages",
    operation_id = "createPackage",
    tag = "packages",
    params(AcceptedKey),
    request_body = PackageBody,
    responses((status = 201, description = "The package", body = PackageHistory)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<Administers>,
    OptionalKey(key): OptionalKey,
    Json(new): Json<PackageBody>,
) -> Result<Reply<PackageHistory>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.create_package(&caller, key, new).await }).await.map(Reply::made)
}
