//! `GET /api/credits/purchases/{id}/receipt` and `/receipt.pdf`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::PurchaseId;
use http::{HeaderName, HeaderValue, header};

use crate::api::Api;
use crate::extract::{Caller, Named, Reads};
use crate::problem::Problem;
use crate::receipt;

/// What the page may load: nothing but its own styles.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// It has a name and an address in it.
const PRIVATE: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));

/// The receipt of a purchase, as a page
///
/// Once the money is in, with what went back of it since.
#[utoipa::path(
    get,
    path = "/api/credits/purchases/{id}/receipt",
    operation_id = "getReceipt",
    tag = "purchases",
    params(("id" = i64, Path, description = "The purchase", example = 7)),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")),
    security(("bearer" = ["credits:read"])),
)]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller<Reads>,
    id: Named<PurchaseId>,
) -> Result<Response, Problem> {
    let paper = api.app().receipt(&caller.into_inner(), id.get()?).await?.into();
    let page = receipt::html(&paper).map_err(Problem::internal)?;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY), PRIVATE];
    Ok((headers, page).into_response())
}

/// The receipt of a purchase, as a document
///
/// Once the money is in, with what went back of it since.
#[utoipa::path(
    get,
    path = "/api/credits/purchases/{id}/receipt.pdf",
    operation_id = "getReceiptPdf",
    tag = "purchases",
    params(("id" = i64, Path, description = "The purchase", example = 7)),
    responses((
        status = 200, description = "The document", body = Vec<u8>,
        content_type = "application/pdf"
    )),
    security(("bearer" = ["credits:read"])),
)]
pub(crate) async fn document(
    State(api): State<Api>,
    caller: Caller<Reads>,
    id: Named<PurchaseId>,
) -> Result<Response, Problem> {
    let id = id.get()?;
    let paper = api.app().receipt(&caller.into_inner(), id).await?.into();
    let kind = HeaderValue::from_static("application/pdf");
    let name = format!("inline; filename=\"receipt-{id}.pdf\"");
    let name = HeaderValue::try_from(name).map_err(Problem::internal)?;
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name), PRIVATE];
    Ok((headers, receipt::pdf(&paper)?).into_response())
}
