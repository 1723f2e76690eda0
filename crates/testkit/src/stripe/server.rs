//! The server: who asks, keys, and which request is which.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Extracted};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::get;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use serde_json::Value;
use tokio::net::TcpListener;

use super::answer::{
    Answer, Done, failed, invalid, missing, page, unauthenticated, unexpected_state,
};
use super::checkout::Pressed;
use super::form::tree;
use super::params;
use super::state::{At, State};
use super::subscriptions::is_over;
use super::{SECRET_KEY, Shared};

pub(super) async fn serve(listener: TcpListener, shared: Shared) {
    let router = Router::new()
        .route("/pay/{id}", get(show).post(press))
        .route("/portal/{id}", get(portal))
        .fallback(answer)
        .with_state(shared);
    axum::serve(listener, router).await.expect("a server");
}

async fn show(Extracted(shared): Extracted<Shared>, Path(id): Path<String>) -> Response {
    let html = shared.state().html(&id);
    html.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |html| Html(html).into_response())
}

async fn press(
    Extracted(shared): Extracted<Shared>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let form = tree(&String::from_utf8_lossy(&body));
    let how = form["how"].as_str().and_then(Pressed::parse);
    let pressed = how.ok_or_else(|| invalid("how"));
    let done = pressed.and_then(|how| shared.state().pay_page(&id, how));
    match done {
        Ok(page) => Redirect::to(page["success_url"].as_str().unwrap_or("/")).into_response(),
        Err(refused) => written(&refused),
    }
}

async fn portal(Path(id): Path<String>) -> Html<String> {
    let plain: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    Html(format!("<!doctype html><title>Portal</title><h1>Portal {plain}</h1>"))
}

async fn answer(
    Extracted(shared): Extracted<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = if method == Method::POST {
        String::from_utf8_lossy(&body).into_owned()
    } else {
        uri.query().unwrap_or_default().to_owned()
    };
    let mut state = shared.state();
    let path = uri.path();
    state.requests.push(format!("{method} {path}"));
    if let Err(refused) = let_in(&method, &headers) {
        return written(&refused);
    }
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let request = format!("{method} {path} {form}");
    let is_new = key.is_none_or(|key| !state.keys.contains_key(key));
    if is_new && state.failing.0 > 0 {
        state.failing.0 -= 1;
        let failed = failed(state.failing.1);
        // What was begun and failed is kept.
        if let Some(key) = key.filter(|_| failed.status == 500) {
            state.remember(key, &request, &failed);
        }
        return written(&failed);
    }
    if let Some(replayed) = key.and_then(|key| state.replay(key, &request)) {
        let mut response = written(&replayed);
        response
            .headers_mut()
            .insert("idempotent-replayed", header::HeaderValue::from_static("true"));
        return response;
    }
    let answer = state.answer(&method, path, &tree(&form));
    if let Some(key) = key {
        state.remember(key, &request, &answer);
        if state.lost > 0 {
            state.lost -= 1;
            return lost();
        }
    }
    written(&answer)
}

/// Who has the key, speaks the version, and names what they change.
fn let_in(method: &Method, headers: &HeaderMap) -> Result<(), Answer> {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if said("authorization") != Some(&format!("Bearer {SECRET_KEY}")) {
        return Err(unauthenticated());
    }
    if said("stripe-version") != Some(gateway::stripe::API_VERSION) {
        return Err(invalid("Stripe-Version"));
    }
    if method != Method::GET && said("idempotency-key").is_none() {
        return Err(invalid("Idempotency-Key"));
    }
    Ok(())
}

fn written(answer: &Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).expect("a status");
    let json = [(header::CONTENT_TYPE, "application/json")];
    (status, json, answer.body.to_string()).into_response()
}

/// The connection breaks before the answer is whole.
fn lost() -> Response {
    let broken = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "lost");
    let body = futures::stream::iter([Ok("{"), Err(broken)]);
    Response::new(Body::from_stream(body))
}

impl State {
    /// What comes of a request, with what a test wants to happen at it.
    fn answer(&mut self, method: &Method, path: &str, form: &Value) -> Answer {
        let at = self.at.take_if(|(of, _)| *of == format!("{method} {path}"));
        let at = at.map(|(_, at)| at);
        if let Some(At::Pays(intent)) = &at {
            self.pay_intent(intent);
        }
        match at {
            Some(At::Fails) => return failed(500),
            Some(At::Refuses) => return unexpected_state("unexpected_state"),
            _ => {}
        }
        let parts: Vec<_> = path.trim_start_matches("/v1/").split('/').collect();
        let taken = params::check(method.as_str(), &parts, form);
        let done = taken.and_then(|()| self.route(method, path, form));
        match done {
            Ok(_) if matches!(at, Some(At::FailsBehind)) => failed(500),
            Ok(body) => Answer { status: 200, body },
            Err(refused) => refused,
        }
    }

    fn route(&mut self, method: &Method, path: &str, form: &Value) -> Done {
        let parts: Vec<_> = path.trim_start_matches("/v1/").split('/').collect();
        match (method.as_str(), parts.as_slice()) {
            ("POST", ["customers"]) => Ok(self.make_customer(form)),
            ("GET", ["customers", id]) => self.find(id, "customer").ok_or_else(|| missing(id)),
            ("POST", ["billing_portal", "sessions"]) => self.open_portal(form),
            ("POST", ["payment_intents"]) => self.make_intent(form),
            ("GET", ["payment_intents", id]) => {
                self.find(id, "payment_intent").ok_or_else(|| missing(id))
            }
            ("POST", ["payment_intents", id, "confirm"]) => self.confirm_intent(id, form),
            ("POST", ["payment_intents", id, "cancel"]) => self.cancel_intent(id),
            ("POST", ["checkout", "sessions"]) => self.make_page(form),
            ("GET", ["checkout", "sessions", id]) => self.page(id, form),
            ("POST", ["checkout", "sessions", id, "expire"]) => self.expire_page(id, form),
            ("POST", ["products"]) => self.make_product(form),
            ("POST", ["products", id]) => self.change_product(id, form),
            ("GET", ["prices"]) => self.prices(form),
            ("GET", ["prices", id]) => self.find(id, "price").ok_or_else(|| missing(id)),
            ("POST", ["prices"]) => self.make_price(form),
            ("POST", ["payment_methods", id, "attach"]) => self.attach_method(id, form),
            ("GET", ["setup_intents", id]) => {
                self.find(id, "setup_intent").ok_or_else(|| missing(id))
            }
            ("POST", ["setup_intents", id, "confirm"]) => self.confirm_setup(id),
            ("POST", ["subscriptions"]) => self.make_subscription(form),
            ("GET", ["subscriptions"]) => {
                let mut all = self.of_customer("subscription", form);
                all.retain(|it| form["status"] == "all" || !is_over(it));
                page("/v1/subscriptions", all, form)
            }
            ("GET", ["subscriptions", id]) => {
                self.find(id, "subscription").ok_or_else(|| missing(id))
            }
            ("POST", ["subscriptions", id]) => self.change_subscription(id, form),
            ("DELETE", ["subscriptions", id]) => {
                self.end_subscription(id, "cancellation_requested")
            }
            ("POST", ["invoices"]) => self.make_invoice(form),
            ("GET", ["invoices"]) => self.invoices(form),
            ("GET", ["invoices", id]) => self.invoice(id, form),
            ("POST", ["invoices", id, "finalize"]) => self.finalize_invoice(id, form),
            ("POST", ["invoices", id, "pay"]) => self.pay_invoice(id, form),
            ("POST", ["invoices", id, "void"]) => self.void_invoice(id),
            ("POST", ["invoiceitems"]) => self.make_invoice_item(form),
            ("POST", ["refunds"]) => self.make_refund(form),
            ("GET", ["refunds", id]) => self.find(id, "refund").ok_or_else(|| missing(id)),
            ("GET", ["refunds"]) => page("/v1/refunds", self.of_payment("refund", form), form),
            ("GET", ["disputes"]) => page("/v1/disputes", self.of_payment("dispute", form), form),
            ("GET", ["disputes", id]) => self.find(id, "dispute").ok_or_else(|| missing(id)),
            ("GET", ["charges"]) => page("/v1/charges", self.of_payment("charge", form), form),
            ("GET", ["events"]) => page("/v1/events", self.all("event"), form),
            ("GET", ["balance_transactions"]) => self.moves(form),
            _ => Err(missing(path)),
        }
    }
}
