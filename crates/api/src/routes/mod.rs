//! Every endpoint, one a file: `routes/<noun>/<verb>.rs`.
//!
//! A handler takes what it needs out of the request, makes one call, and turns
//! the answer into JSON.

mod api_keys;
mod audit;
mod auth;
mod balances;
mod batches;
mod clock;
mod corrections;
mod grants;
mod holds;
mod jobs;
mod ledger;
mod mails;
mod packages;
mod promotions;
mod purchases;
mod quotes;
mod rates;
mod refunds;
mod reversals;
mod server;
mod services;
mod spends;
mod standings;
mod statuses;
mod stripe;
mod subscription_admin;
mod subscriptions;
mod summaries;
mod system;
mod tags;
mod top_ups;
mod transactions;
mod user_credits;
mod users;

use axum::Router;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Api;
use crate::openapi;
use crate::problem::{Code, Problem};

/// The endpoints with their documentation.
pub(crate) fn documented() -> OpenApiRouter<Api> {
    short().merge(long())
}

/// Those that the time of a request is enough for.
fn short() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(openapi::head())
        .merge(auth())
        .merge(credits())
        .merge(subscriptions())
        .merge(stripe())
        .merge(admin())
        .routes(routes!(server::health::health))
        .routes(routes!(server::ready::ready))
        .routes(routes!(server::metrics::metrics))
        .routes(routes!(server::openapi::openapi))
        .routes(routes!(server::errors::errors))
}

/// Those whose time grows with the book.
fn long() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(ledger::verify::verify))
}

fn auth() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(auth::login::login))
        .routes(routes!(auth::register::register))
        .routes(routes!(auth::me::me))
        .routes(routes!(auth::password::password))
        .routes(routes!(auth::logout::logout))
}

fn credits() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(balances::get::get))
        .routes(routes!(summaries::get::get))
        .routes(routes!(transactions::list::list))
        .routes(routes!(transactions::get::get))
        .routes(routes!(transactions::explain::explain))
        .routes(routes!(spends::create::create))
        .routes(routes!(quotes::create::create))
        .routes(routes!(rates::get::get))
        .routes(routes!(packages::list::list))
        .routes(routes!(purchases::validate::validate))
        .routes(routes!(purchases::create::create))
        .routes(routes!(purchases::list::list))
        .routes(routes!(purchases::get::get))
        .routes(routes!(top_ups::get::get, top_ups::set::set, top_ups::end::end))
        .routes(routes!(promotions::redeem::redeem))
        .routes(routes!(promotions::redemptions::redemptions))
        .routes(routes!(purchases::receipt::page))
        .routes(routes!(purchases::receipt::document))
        .routes(routes!(holds::create::create, holds::list::list))
        .routes(routes!(holds::get::get))
        .routes(routes!(holds::capture::capture))
        .routes(routes!(holds::extend::extend))
        .routes(routes!(holds::release::release))
        .routes(routes!(batches::create::create))
        .routes(routes!(grants::create::create, grants::list::list))
}

fn subscriptions() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(subscriptions::create::create, subscriptions::list::list))
        .routes(routes!(subscriptions::current::current))
        .routes(routes!(subscriptions::preview::preview))
        .routes(routes!(subscriptions::change::change))
        .routes(routes!(subscriptions::cancel::cancel))
        .routes(routes!(subscriptions::undo_cancel::undo_cancel))
        .routes(routes!(subscriptions::pause::pause))
        .routes(routes!(subscriptions::resume::resume))
        .routes(routes!(subscriptions::periods::periods))
        .routes(routes!(subscription_admin::list::list))
        .routes(routes!(subscription_admin::get::get))
        .routes(routes!(subscription_admin::sync::sync))
        .routes(routes!(subscription_admin::end::end))
        .routes(routes!(subscription_admin::grant::grant))
}

fn stripe() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(stripe::create_payment_intent::create_payment_intent))
        .routes(routes!(stripe::create_checkout_session::create_checkout_session))
        .routes(routes!(stripe::customer_portal::customer_portal))
        .routes(routes!(stripe::customer_billing::customer_billing))
        .routes(routes!(stripe::user_subscriptions::user_subscriptions))
        .routes(routes!(stripe::products::products))
        .routes(routes!(stripe::reconciliation::reconciliation))
        .routes(routes!(stripe::webhook::webhook))
}

fn admin() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(services::create::create, services::list::list))
        .routes(routes!(services::get::get))
        .routes(routes!(services::reprice::reprice))
        .routes(routes!(services::retire::retire))
        .routes(routes!(packages::create::create, packages::all::all))
        .routes(routes!(packages::get::get, packages::update::update))
        .routes(routes!(rates::create::create, rates::list::list))
        .routes(routes!(promotions::create::create, promotions::list::list))
        .routes(routes!(promotions::get::get, promotions::update::update))
        .routes(routes!(promotions::end::end))
        .routes(routes!(tags::get::get, tags::set::set))
        .routes(routes!(users::create::create, users::list::list))
        .routes(routes!(users::get::get, users::update::update))
        .routes(routes!(user_credits::balance::balance))
        .routes(routes!(user_credits::transactions::transactions))
        .routes(routes!(user_credits::summary::summary))
        .routes(routes!(system::summary::summary))
        .routes(routes!(standings::list::list))
        .routes(routes!(api_keys::create::create, api_keys::list::list))
        .routes(routes!(api_keys::revoke::revoke))
        .routes(routes!(corrections::add::add))
        .routes(routes!(corrections::remove::remove))
        .routes(routes!(statuses::pause::pause))
        .routes(routes!(statuses::suspend::suspend))
        .routes(routes!(statuses::resume::resume))
        .routes(routes!(refunds::create::create))
        .routes(routes!(refunds::create_by_payment::create_by_payment))
        .routes(routes!(reversals::list::list))
        .routes(routes!(reversals::get::get))
        .routes(routes!(reversals::sync::sync))
        .routes(routes!(audit::list::list))
        .routes(routes!(jobs::list::list))
        .routes(routes!(jobs::get::get))
        .routes(routes!(jobs::rerun::rerun))
        .routes(routes!(mails::list::list))
        .routes(routes!(top_ups::list::list))
        .routes(routes!(ledger::export::export))
        .routes(routes!(ledger::trial_balance::trial_balance))
        .routes(routes!(ledger::checkpoint::checkpoint))
        .routes(routes!(clock::confirm::confirm))
}

/// The endpoints that take a verification's time.
pub(crate) fn long_router() -> Router<Api> {
    let (router, _) = long().split_for_parts();
    router.method_not_allowed_fallback(no_such_method)
}

/// The other endpoints, and problems for whatever is none.
pub(crate) fn router() -> Router<Api> {
    let (router, _) = short().split_for_parts();
    let router = router
        .route("/docs", get(server::docs::page))
        .route("/docs/", get(server::docs::index))
        .route("/docs/{file}", get(server::docs::file))
        .route("/test/checkout/{page}", get(stripe::test_page::show).post(stripe::test_page::act));
    router.fallback(no_such_path).method_not_allowed_fallback(no_such_method)
}

async fn no_such_path() -> Problem {
    Problem::new(
        Code::NotFound,
        "There is nothing at this path. `/openapi.json` lists all there are.",
    )
}

async fn no_such_method() -> Problem {
    let detail = "This path takes other methods; the header Allow names them.";
    Problem::new(Code::MethodNotAllowed, detail)
}
