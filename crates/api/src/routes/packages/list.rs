//! `GET /api/credits/packages`

use axum::extract::State;

use crate::api::Api;
use crate::extract::Visitor;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::PackageList;

/// The packages that are offered
///
/// By their place, then by price.
#[utoipa::path(
    get,
    path = "/api/credits/packages",
    operation_id = "listCreditPackages",
    tag = "packages",
    responses((status = 200, description = "All that are offered", body = PackageList)),
    security((), ("bearer" = [])),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    _: Visitor,
) -> Result<Reply<PackageList>, Problem> {
    Ok(Reply::ok(api.app().list_packages().await?))
}
