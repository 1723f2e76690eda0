//! `POST /api/admin/subscriptions/{id}/grant`

use axum::extract::State;
use domain::SubscriptionId;

use crate::api::Api;
use crate::extract::{Caller, Json, Key, Named, Removes};
use crate::openapi::RequiredKey;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::wire::{PeriodGrantBody, UserSubscription};

/// Give the credits of the current period
///
/// Though its payment is not in: it counts as paid. Credits of a period are given once,
/// whoever gives them: where they are there already nothing is done. A period for which
/// nothing is owed gives nothing.
#[utoipa::path(
    post,
    path = "/api/admin/subscriptions/{id}/grant",
    operation_id = "grantSubscriptionPeriod",
    tag = "subscriptions",
    params(RequiredKey, ("id" = i64, Path, description = "The subscription", example = 1)),
    request_body = PeriodGrantBody,
    responses((status = 200, description = "They are there", body = UserSubscription)),
    security(("bearer" = ["admin"])),
    extensions(
        ("x-roles" = json!(["finance", "admin"])),
        ("x-codes" = json!(["subscription_state"])),
    ),
)]
pub(crate) async fn grant(
    State(api): State<Api>,
    caller: Caller<Removes>,
    Key(key): Key,
    id: Named<SubscriptionId>,
    Json(asked): Json<PeriodGrantBody>,
) -> Result<Reply<UserSubscription>, Problem> {
    let (app, caller, grant) = (api.app().clone(), caller.into_inner(), asked.of(id.get()?));
    let given = api.run(async move { app.grant_subscription_period(&caller, key, grant).await });
    given.await.map(Reply::done)
}
