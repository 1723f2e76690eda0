//! `GET /api/admin/ledger/export`

use app::{App, Caller as Exporter, Error, Exported};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use domain::Seq;
use futures::stream;
use http::{HeaderValue, header};

use crate::api::Api;
use crate::extract::{Administers, Caller, Query};
use crate::problem::Problem;
use crate::wire::{ExportQuery, JournalLine};

/// The journal, record by record
///
/// One JSON object a line, in order, to the end there is when it is reached.
/// `body` and `hash` are all it takes to check the chain.
#[utoipa::path(
    get,
    path = "/api/admin/ledger/export",
    operation_id = "exportLedger",
    tag = "ledger",
    params(ExportQuery),
    responses((
        status = 200,
        description = "Lines of JSON",
        body = JournalLine,
        content_type = "application/x-ndjson",
    )),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn export(
    State(api): State<Api>,
    caller: Caller<Administers>,
    Query(from): Query<ExportQuery>,
) -> Result<Response, Problem> {
    let (app, caller) = (api.app().clone(), caller.into_inner());
    // The first part is read before the answer begins, so that it may be a problem.
    let first = part(&app, &caller, from).await?;
    let rest = stream::try_unfold(first, move |part| {
        let (app, caller) = (app.clone(), caller.clone());
        async move { next(&app, &caller, part).await }
    });
    let mut response = Body::from_stream(rest).into_response();
    let ndjson = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, ndjson);
    Ok(response)
}

/// Some lines, and where the next ones begin.
struct Part {
    lines: Bytes,
    next: Seq,
}

/// The lines of a part, and the part behind it; `None` behind the last.
async fn next(
    app: &App,
    caller: &Exporter,
    Part { lines, next }: Part,
) -> Result<Option<(Bytes, Part)>, Error> {
    if lines.is_empty() {
        return Ok(None);
    }
    let following = part(app, caller, next).await.inspect_err(|error| {
        tracing::error!(%error, seq = next.number(), "ledger.export");
    })?;
    Ok(Some((lines, following)))
}

async fn part(app: &App, caller: &Exporter, from: Seq) -> Result<Part, Error> {
    let records = app.export(caller, from).await?;
    let next = records.last().map_or(from, |last| last.record.seq.next());
    let mut lines = Vec::new();
    for record in records {
        write(&mut lines, record).map_err(|error| Error::Internal(error.into()))?;
    }
    Ok(Part { lines: lines.into(), next })
}

fn write(lines: &mut Vec<u8>, record: Exported) -> serde_json::Result<()> {
    serde_json::to_writer(&mut *lines, &JournalLine::from(record))?;
    lines.push(b'\n');
    Ok(())
}
