//! A book at work: the ledger's tasks, the use cases over them, and the proof
//! that follows behind. Started once, stopped in order.

use std::sync::Arc;

use app::consumer::Consumers;
use app::ledger::{Ledger, Settings, TimeSource};
use app::proof::{self, Proof};
use app::{App, Entropy};
use store::Db;

use super::book::{Kept, keep};
use super::machine::{self, Clocks};
use crate::config::Config;

/// A book at work.
pub(crate) struct Running {
    /// The use cases.
    pub(crate) app: App,
    /// Checkpoints, the trial balance and verification.
    pub(crate) proof: Proof,
    /// The database.
    pub(crate) db: Db,
    consumers: Consumers,
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
        let kept = keep(config, &entropy, &*time).await?;
        let db = kept.db.clone();
        match Self::run(config, kept, (time, entropy)).await {
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
    ) -> anyhow::Result<Self> {
        let Kept { db, book, key } = kept;
        let wallets_max = config.ledger.wallets_max;
        let settings = Settings { db: db.clone(), book, time: Arc::clone(&time), wallets_max };
        let ledger = Ledger::start(settings).await?;
        let consumers = Consumers::new(db.clone(), ledger.heads());
        let proof = proof::Settings {
            db: db.clone(),
            ledger: ledger.clone(),
            consumers: &consumers,
            key,
            folder: config.book.checkpoints.clone(),
        };
        let proof = Proof::start(proof).await?;
        let app = App::open(app::Settings { db: db.clone(), ledger, time, entropy }).await?;
        app.seed_default_services().await?;
        Ok(Self { app, proof, db, consumers })
    }

    /// Ends everything in order: no more commands, then the consumers, then the
    /// last checkpoint, then the file.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.app.close().await;
        self.consumers.close().await;
        let signed = self.proof.close().await;
        self.db.close().await;
        Ok(signed?)
    }
}
