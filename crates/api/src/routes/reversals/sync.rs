//! `POST /api/admin/payments/{id}/sync`

use axum::extract::State;
use domain::PaymentIntent;

use crate::api::Api;
use crate::extract::{Caller, Named, Removes};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::Synced;

/// Look for refunds and chargebacks of a payment
///
/// Asks the payment provider what went back of it and applies what was missed.
/// It can be asked for as often as one likes.
#[utoipa::path(
    post,
    path = "/api/admin/payments/{id}/sync",
    operation_id = "syncPayment",
    tag = "purchases",
    params(("id" = String, Path, description = "The payment", example = "pi_3Pq9")),
    responses((status = 200, description = "What is known of it now", body = Synced)),
    security(("bearer" = ["admin"])),
    extensions(
        ("x-roles" = json!(["finance", "admin"])),
        ("x-codes" = json!(["payment_required", "ledger_stopped", "clock_jump"])),
    ),
)]
pub(crate) async fn sync(
    State(api): State<Api>,
    caller: Caller<Removes>,
    id: Named<PaymentIntent>,
) -> Result<Reply<Synced>, Problem> {
    let (app, caller, intent) = (api.app().clone(), caller.into_inner(), id.get()?);
    api.run(async move { app.sync_payment(&caller, &intent).await }).await.map(Reply::ok)
}
