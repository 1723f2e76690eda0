//! `GET /api/admin/mails`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Oversees, Query};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{MailList, MailsQuery};

/// Mails
///
/// What people are written, newest first. `data` is what is told: credits are
/// micro-credits in it, money is cents, times are microseconds.
#[utoipa::path(
    get,
    path = "/api/admin/mails",
    operation_id = "listMails",
    tag = "jobs",
    params(MailsQuery),
    responses((status = 200, description = "A page of them", body = MailList)),
    security(("bearer" = ["admin"])),
    extensions(("x-roles" = json!(["support", "finance", "admin"]))),
)]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller<Oversees>,
    Query((filter, page)): Query<MailsQuery>,
) -> Result<Reply<MailList>, Problem> {
    Ok(Reply::ok(api.app().list_mails(&caller.into_inner(), filter, page).await?))
}
