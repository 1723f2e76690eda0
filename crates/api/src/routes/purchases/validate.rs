//! `POST /api/credits/purchase/validate`

use axum::extract::State;

use crate::api::Api;
use crate::extract::{Caller, SpendsOrGrants, Values};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PurchaseOffer, PurchaseValidateBody};

/// What a purchase would cost
///
/// And whether it would go through. It changes nothing; `quote` promises the
/// price for 15 minutes. The values may come as query parameters instead.
#[utoipa::path(
    post,
    path = "/api/credits/purchase/validate",
    operation_id = "validatePurchase",
    tag = "purchases",
    params(PurchaseValidateBody),
    request_body = PurchaseValidateBody,
    responses((status = 200, description = "The price, or a reason", body = PurchaseOffer)),
    security(("bearer" = ["credits:spend"]), ("bearer" = ["credits:grant"])),
    extensions(("x-codes" = json!(["not_found", "rate_limited"]))),
)]
pub(crate) async fn validate(
    State(api): State<Api>,
    caller: Caller<SpendsOrGrants>,
    Values(ask): Values<PurchaseValidateBody>,
) -> Result<Reply<PurchaseOffer>, Problem> {
    Ok(Reply::ok(api.app().validate_purchase(&caller.into_inner(), ask).await?))
}
