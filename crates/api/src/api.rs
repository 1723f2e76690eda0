//! What every handler shares: the use cases, the counters, and the tasks that
//! mutations run in.

use std::future::Future;
use std::sync::Arc;

use app::App;
use app::audit::Audit;
use app::proof::Proof;
use domain::Mode;
use tokio_util::task::TaskTracker;

use crate::Served;
use crate::extract::RequestIds;
use crate::metrics::Metrics;
use crate::problem::Problem;

/// The state of the router. Clones share it.
#[derive(Clone)]
pub(crate) struct Api(Arc<Shared>);

struct Shared {
    app: App,
    proof: Proof,
    audit: Audit,
    metrics: Metrics,
    ids: RequestIds,
    tasks: TaskTracker,
}

impl Api {
    pub(crate) fn new(Served { app, proof, audit }: Served) -> Self {
        let metrics = Metrics::new(&app);
        let ids = RequestIds::seeded(app.entropy().bytes());
        Self(Arc::new(Shared { app, proof, audit, metrics, ids, tasks: TaskTracker::new() }))
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn proof(&self) -> &Proof {
        &self.0.proof
    }

    pub(crate) fn audit(&self) -> &Audit {
        &self.0.audit
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn ids(&self) -> &RequestIds {
        &self.0.ids
    }

    /// Whether the book is for trying things out.
    pub(crate) fn is_test(&self) -> bool {
        self.0.app.mode() == Mode::Test
    }

    /// Runs a mutation to its end in a task of its own: a client that goes
    /// away, or an answer that comes too late, can't stop it halfway.
    ///
    /// One command of the ledger needs none, and has no halfway: before the ledger
    /// has it nothing has happened, and then it is decided whoever still waits.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, app::Error>> + Send + 'static,
    ) -> Result<T, Problem> {
        match self.0.tasks.spawn(work).await {
            Ok(done) => done.map_err(Problem::from),
            Err(panic) => Err(Problem::internal(panic)),
        }
    }

    /// Waits until every mutation is done.
    pub(crate) async fn finish(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }
}
