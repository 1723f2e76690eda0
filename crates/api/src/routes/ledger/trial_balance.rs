//! `GET /api/admin/ledger/trial-balance`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Administers, Caller};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::TrialBalanceTotals;

/// The totals of every account
///
/// All wallets together are one account. Debits and credits sum to the same.
#[utoipa::path(
    get,
    path = "/api/admin/ledger/trial-balance",
    operation_id = "getTrialBalance",
    tag = "ledger",
    responses((status = 200, description = "The totals", body = TrialBalanceTotals)),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn trial_balance(
    State(api): State<Api>,
    _: Caller<Administers>,
) -> Result<Reply<TrialBalanceTotals>, Problem> {
    Ok(Reply::ok(api.proof().trial_balance().await?))
}
