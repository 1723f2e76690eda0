//! `PATCH /api/admin/packages/{id}`

use axum::extract::State;
use domain::PackageId;

use crate::api::Api;
use crate::extract::{Administers, Caller, Json, Named, OptionalKey};
use crate::openapi::AcceptedKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PackageHistory, PackagePatchBody};

/// Change a package
///
/// Its place, its name and whether it is offered change by themselves. Other
/// terms are a new version, offered from now on: who is subscribed keeps the one
/// they have until they change.
#[utoipa::path(
    patch,
    path = "/api/admin/packages/{id}",
    operation_id = "updatePackage",
    tag = "packages",
    params(("id" = i64, Path, description = "The package", example = 1), AcceptedKey),
    request_body = PackagePatchBody,
    responses((status = 200, description = "The package", body = PackageHistory)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn update(
    State(api): State<Api>,
    caller: Caller<Administers>,
    id: Named<PackageId>,
    OptionalKey(key): OptionalKey,
    Json(patch): Json<PackagePatchBody>,
) -> Result<Reply<PackageHistory>, Problem> {
    let id = id.get()?;
    let (app, caller) = (api.app().clone(), caller.into_inner());
    api.run(async move { app.update_package(&caller, key, id, patch).await }).await.map(Reply::done)
}
