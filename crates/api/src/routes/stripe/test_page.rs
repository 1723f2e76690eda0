//! `GET` and `POST /test/checkout/{page}`: the page that payments of a test book
//! are made on. It moves no money and says so; a live book has none.

use std::fmt::Write as _;

use app::{PaymentNeeded, TestPaymentAct};
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderValue, header};

use crate::api::Api;
use crate::extract::Raw;
use crate::problem::{Code, Problem};

/// What the page may do: send its own form.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// The page.
pub(crate) async fn show(
    State(api): State<Api>,
    Path(page): Path<String>,
) -> Result<Response, Problem> {
    let app = api.app().clone();
    let payment = api.run(async move { app.test_payment(&page).await });
    Ok(answer(&payment.await?))
}

/// What was pressed on it.
pub(crate) async fn act(
    State(api): State<Api>,
    Path(page): Path<String>,
    Raw(body): Raw,
) -> Result<Response, Problem> {
    let (app, act) = (api.app().clone(), pressed(&body)?);
    let payment = api.run(async move { app.act_on_test_payment(&page, act).await });
    Ok(answer(&payment.await?))
}

fn pressed(body: &Bytes) -> Result<TestPaymentAct, Problem> {
    match &**body {
        b"act=pay" => Ok(TestPaymentAct::Pay),
        b"act=decline" => Ok(TestPaymentAct::Decline),
        _ => Err(Problem::new(Code::InvalidRequest, "Press one of the page's buttons.")),
    }
}

fn answer(payment: &PaymentNeeded) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html(payment))).into_response()
}

/// Everything on it is a number or one of our own words.
fn html(payment: &PaymentNeeded) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Test payment</title>\
         <main><h1>{} {}</h1><p>This is a test book: nothing here moves money.</p>\
         <p>The payment: {}.</p>",
        payment.amount.to_price(),
        payment.currency,
        payment.status,
    );
    if payment.status.starts_with("requires_") {
        page.push_str("<form method=\"post\">");
        for (act, label) in [("pay", "Pay"), ("decline", "Be declined")] {
            // Writing to a string does not fail.
            let _ = write!(page, "<button name=\"act\" value=\"{act}\">{label}</button> ");
        }
        page.push_str("</form>");
    }
    page.push_str("</main></html>\n");
    page
}
