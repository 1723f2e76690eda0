//! `POST /api/credits/holds/{id}/release`

use axum::extract::State;
use domain::HoldId;

use crate::api::Api;
use crate::extract::{Caller, Key, Named, NoBody, Spends};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Hold;

/// Give a hold back
///
/// What it still reserves may be spent again.
#[utoipa::path(
    post,
    path = "/api/credits/holds/{id}/release",
    operation_id = "releaseHold",
    tag = "holds",
    params(("id" = String, Path, description = "The hold", example = "hold_1_42"), RequiredKey),
    responses((status = 200, description = "The hold", body = Hold)),
    security(("bearer" = ["credits:spend"])),
    extensions(("x-codes" = json!(["hold_settled", "hold_expired", "hold_has_children"]))),
)]
pub(crate) async fn release(
    State(api): State<Api>,
    caller: Caller<Spends>,
    id: Named<HoldId>,
    Key(key): Key,
    _: NoBody,
) -> Result<Reply<Hold>, Problem> {
    let hold = id.get()?;
    let released = api.app().release(&caller.into_inner(), Some(key), hold).await?;
    Ok(Reply::done(released))
}
