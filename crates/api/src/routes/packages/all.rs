//! `GET /api/admin/packages`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::PackageHistoryList;

/// Every package with its versions, offered or not
#[utoipa::path(
    get,
    path = "/api/admin/packages",
    operation_id = "listPackages",
    tag = "packages",
    responses(
        (status = 200, description = "By their place, then by price", body = PackageHistoryList)
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn all(
    State(api): State<Api>,
    caller: Caller<Administers>,
) -> Result<Reply<PackageHistoryList>, Problem> {
    Ok(Reply::ok(api.app().list_all_packages(&caller.into_inner()).await?))
}
