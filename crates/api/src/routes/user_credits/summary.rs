//! `GET /api/admin/credits/user/{user_id}/summary`

use app::Whose;
use axum::extract::State;
use domain::UserId;

use crate::api::Api;
use crate::extract::{Caller, Named, ReadsEveryones};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::UserCreditSummary;

/// What that user has and did this month
///
/// As `GET /api/credits/summary` answers the user.
#[utoipa::path(
    get,
    path = "/api/admin/credits/user/{user_id}/summary",
    operation_id = "getUserSummary",
    tag = "users",
    params(("user_id" = i64, Path, description = "The user", example = 7)),
    responses((status = 200, description = "The summary", body = UserCreditSummary)),
    security(("bearer" = ["credits:read"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn summary(
    State(api): State<Api>,
    caller: Caller<ReadsEveryones>,
    user: Named<UserId>,
) -> Result<Reply<UserCreditSummary>, Problem> {
    let whose = Whose::User(user.get()?);
    Ok(Reply::ok(api.app().summary(&caller.into_inner(), whose).await?))
}
