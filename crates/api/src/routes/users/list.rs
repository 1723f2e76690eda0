//! `GET /api/admin/users`

use app::Listed;
use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller, Query};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{UserList, UsersAsked, UsersQuery};

/// Users
///
/// Newest first. With `external_id` or `email` it is the one who has it, or
/// nobody; with `search` those in whose address, name or external id it stands.
#[utoipa::path(
    get,
    path = "/api/admin/users",
    operation_id = "listUsers",
    tag = "users",
    params(UsersQuery),
    responses((status = 200, description = "A page of them", body = UserList)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Administers>,
    Query(asked): Query<UsersQuery>,
) -> Result<Reply<UserList>, Problem> {
    let UsersAsked { named, filter, page } = asked;
    let caller = caller.into_inner();
    let Some(key) = named else {
        return Ok(Reply::ok(api.app().list_users(&caller, filter, page).await?));
    };
    let items: Vec<_> = api.app().find_user(&caller, key).await?.into_iter().collect();
    let total = i64::from(!items.is_empty());
    Ok(Reply::ok(Listed { items, total, page }))
}
