//! `GET /docs/`: the API to read and to try, in the browser. Its files are part of
//! this program; it asks for nothing but them and `/openapi.json`.

use std::sync::{Arc, LazyLock};

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, header};
use utoipa_swagger_ui::{Config, serve};

use crate::problem::{Code, Problem};

/// What the page may load: its own files. It sets styles of its own on elements.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("/openapi.json")
        .display_request_duration(true)
        .doc_expansion("none")
        .filter(true)
        .try_it_out_enabled(true)
        .validator_url("none");
    Arc::new(config)
});

/// The page's files are named relative to it: its address ends with a slash.
pub(crate) async fn page() -> Redirect {
    Redirect::permanent("/docs/")
}

/// The page itself.
pub(crate) async fn index() -> Result<Response, Problem> {
    answer("index.html")
}

/// What the page loads.
pub(crate) async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    answer(&name)
}

fn answer(name: &str) -> Result<Response, Problem> {
    let file = serve(name, Arc::clone(&CONFIG)).map_err(Problem::internal)?;
    let Some(file) = file else {
        let detail = "There is no such page here. `/docs/` is where the documentation begins.";
        return Err(Problem::new(Code::NotFound, detail));
    };
    let kind = HeaderValue::try_from(file.content_type).map_err(Problem::internal)?;
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok((headers, file.bytes.into_owned()).into_response())
}
