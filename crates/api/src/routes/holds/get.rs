//! `GET /api/credits/holds/{id}`

use axum::extract::State;
use domain::HoldId;

use crate::api::Api;
use crate::extract::{Caller, Named, Reads};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Hold;

/// One hold
#[utoipa::path(
    get,
    path = "/api/credits/holds/{id}",
    operation_id = "getHold",
    tag = "holds",
    params(("id" = String, Path, description = "The hold", example = "hold_1_42")),
    responses((status = 200, description = "The hold", body = Hold)),
    security(("bearer" = ["credits:read"])),
)]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller<Reads>,
    id: Named<HoldId>,
) -> Result<Reply<Hold>, Problem> {
    Ok(Reply::ok(api.app().get_hold(&caller.into_inner(), id.get()?).await?))
}
