//! A book at work: the ledger's tasks, the use cases over them, and the proof
//! that follows behind. Started once, stopped in order.

use std::sync::Arc;
use std::time::Duration;

use app::audit::{self, Audit};
use app::consumer::Consumers;
use app::ledger::{Ledger, Settings, TimeSource};
use app::proof::{self, Proof};
use app::{App, Auth, Entropy};
use store::Db;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::auth::auth;
use super::book::{Kept, keep};
use super::machine::{self, Clocks};
use super::payments::stripe;
use crate::config::Config;

/// How long the last seal may take.
const SEAL_MAX: Duration = Duration::from_secs(10);

/// A book at work.
pub(crate) struct Running {
    /// The use cases.
    pub(crate) app: App,
    /// Checkpoints, the trial balance and verification.
    pub(crate) proof: Proof,
    /// Who did what to whom.
    pub(crate) audit: Audit,
    /// The database.
    pub(crate) db: Db,
    consumers: Consumers,
    jobs: Jobs,
}

/// What works beside requests until the server closes.
#[derive(Default)]
struct Jobs {
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Jobs {
    fn start(app: &App) -> Self {
        let jobs = Self::default();
        let closing = jobs.closing.clone();
        jobs.tasks.spawn(app.ledger().clone().keep_sweeping(closing.clone()));
        jobs.tasks.spawn(app.clone().keep_running_jobs(closing));
        jobs
    }

    async fn stop(&self) {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Running {
    /// Opens the database as its server and brings everything to life.
    pub(crate) async fn start(config: &Config) -> anyhow::Result<Self> {
        Self::start_at(config, Arc::new(Clocks::start())).await
    }

    /// The same by another clock than the machine's.
    pub(crate) async fn start_at(
        config: &Config,
        time: Arc<dyn TimeSource>,
    ) -> anyhow::Result<Self> {
        let entropy = machine::entropy();
        // What can't be used is said before anything is opened.
        let auth = auth(&config.auth)?;
        let kept = keep(config, &entropy, &*time).await?;
        let db = kept.db.clone();
        match Self::run(config, kept, (time, entropy), auth).await {
            Ok(running) => Ok(running),
            Err(error) => {
                db.close().await;
                Err(error)
            }
        }
    }

    async fn run(
        config: &Config,
        kept: Kept,
        (time, entropy): (Arc<dyn TimeSource>, Entropy),
        auth: Auth,
    ) -> anyhow::Result<Self> {
        let Kept { db, book, key } = kept;
        let stripe = stripe(config.stripe.as_ref(), book.mode, &entropy)?;
        let wallets_max = config.ledger.wallets_max;
        let settings = Settings { db: db.clone(), book, time: Arc::clone(&time), wallets_max };
        let ledger = Ledger::start(settings).await?;
        let consumers = Consumers::beside(db.clone(), &ledger);
        let proof = proof::Settings {
            db: db.clone(),
            ledger: ledger.clone(),
            consumers: &consumers,
            key,
            folder: config.book.checkpoints.clone(),
        };
        let proof = Proof::start(proof).await?;
        let log = audit::Settings { db: db.clone(), ledger: ledger.clone(), consumers: &consumers };
        let audit = Audit::start(log).await?;
        let settings = app::Settings {
            db: db.clone(),
            ledger,
            consumers: &consumers,
            time,
            entropy,
            auth,
            stripe,
        };
        let app = App::open(settings).await?;
        app.seed_default_services().await?;
        app.seed_default_offers().await?;
        app.seed_recurring_jobs().await?;
        let jobs = Jobs::start(&app);
        Ok(Self { app, proof, audit, db, consumers, jobs })
    }

    /// Ends everything in order: no more jobs, the last seal, no more commands,
    /// then the consumers, then the last checkpoint, then the file.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.jobs.stop().await;
        // A ledger that stopped takes no seal, nor does a database that is away; the next
        // start makes it.
        match tokio::time::timeout(SEAL_MAX, self.audit.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "audit.not_sealed");
            }
            Err(late) => {
                tracing::error!(error = &late as &dyn std::error::Error, "audit.not_sealed");
            }
        }
        self.app.close().await;
        self.consumers.close().await;
        let signed = self.proof.close().await;
        self.db.close().await;
        Ok(signed?)
    }
}
