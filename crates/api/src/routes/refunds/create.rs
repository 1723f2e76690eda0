//! `POST /api/admin/purchases/{id}/refund`

use axum::extract::State;
use domain::PurchaseId;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, Named, Removes};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{RefundBody, Reversal};

/// Refund a purchase
///
/// Gives money back, all or a part, and takes the same share of the purchase's
/// credits, as far as they are there. The rest is let go, or owed if
/// `owe_shortfall` says so. A pause does not stop it.
#[utoipa::path(
    post,
    path = "/api/admin/purchases/{id}/refund",
    operation_id = "refundPurchase",
    tag = "purchases",
    params(("id" = i64, Path, description = "The purchase", example = 7), RequiredKey),
    request_body = RefundBody,
    responses((status = 201, description = "The refund", body = Reversal)),
    security(("bearer" = ["admin"])),
    extensions(
        ("x-roles" = json!(["finance", "admin"])),
        ("x-codes" = json!(["refund_exceeds", "not_refundable", "refund_declined", "payment_required"])),
    ),
)]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller<Removes>,
    id: Named<PurchaseId>,
    Key(key): Key,
    Json(body): Json<RefundBody>,
) -> Result<Reply<Reversal>, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    let request = body.of(id.get()?);
    api.run(async move { app.refund(&caller, Some(key), request).await }).await.map(Reply::made)
}
