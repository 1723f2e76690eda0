//! `GET /api/admin/packages/{id}`

use axum::extract::State;
use domain::PackageId;

use crate::api::Api;
use crate::extract::{Administers, Caller, Named};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::PackageHistory;

/// A package with every version of its terms
#[utoipa::path(
    get,
    path = "/api/admin/packages/{id}",
    operation_id = "getPackage",
    tag = "packages",
    params(("id" = i64, Path, description = "The package", example = 1)),
    responses((status = 200, description = "The package", body = PackageHistory)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Administers>,
    id: Named<PackageId>,
) -> Result<Reply<PackageHistory>, Problem> {
    Ok(Reply::ok(api.app().get_package(&caller.into_inner(), id.get()?).await?))
}
