//! `GET /api/admin/stripe/reconciliation`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, Oversees};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Reconciliation;

/// The last comparison with Stripe's cents
///
/// Made once a day: every cent that moved at Stripe has its record here, and every
/// record its cent there. `findings` are those that don't.
#[utoipa::path(
    get,
    path = "/api/admin/stripe/reconciliation",
    operation_id = "getStripeReconciliation",
    tag = "stripe",
    responses((status = 200, description = "What it came to", body = Reconciliation)),
    security(("bearer" = ["admin"])),
    extensions(
        ("x-codes" = json!(["not_found"])),
        ("x-roles" = json!(["support", "finance", "admin"])),
    ),
)]
pub(crate) async fn reconciliation(
    State(api): State<Api>,
    caller: Caller<Oversees>,
) -> Result<Reply<Reconciliation>, Problem> {
    Ok(Reply::ok(api.app().last_reconciliation(&caller.into_inner()).await?))
}
