//! Where a replay goes: this process or a server. Both answer the same.

use std::process::ExitCode;

use domain::{Credits, HoldId};

use super::in_process::InProcess;
use super::over_http::OverHttp;
use super::plan::Run;

/// Where a replay goes.
pub(super) enum Target {
    /// A database that this process opened.
    InProcess(InProcess),
    /// A server.
    OverHttp(OverHttp),
}

/// What a hold set aside.
pub(super) struct Held {
    pub(super) id: HoldId,
    pub(super) amount: Credits,
    pub(super) replayed: bool,
}

/// What became of a hold.
pub(super) struct Settled {
    pub(super) captured: Credits,
    pub(super) released: Credits,
    pub(super) replayed: bool,
}

/// Why a step was not done.
pub(super) enum Failure {
    /// The ledger refuses: credits are short, or the key was used otherwise.
    Refused,
    /// Anything else ends the replay.
    Broken(anyhow::Error),
}

/// What a verification said.
pub(super) struct Verdict {
    pub(super) sentence: String,
    pub(super) exit: ExitCode,
}

impl Target {
    pub(super) async fn quote(&self, run: &Run) -> Result<Credits, Failure> {
        match self {
            Self::InProcess(book) => book.quote(run).await,
            Self::OverHttp(server) => server.quote(run).await,
        }
    }

    pub(super) async fn hold(&self, run: &Run) -> Result<Held, Failure> {
        match self {
            Self::InProcess(book) => book.hold(run).await,
            Self::OverHttp(server) => server.hold(run).await,
        }
    }

    pub(super) async fn capture(&self, run: &Run, id: HoldId) -> Result<Settled, Failure> {
        match self {
            Self::InProcess(book) => book.capture(run, id).await,
            Self::OverHttp(server) => server.capture(run, id).await,
        }
    }

    pub(super) async fn release(&self, run: &Run, id: HoldId) -> Result<Settled, Failure> {
        match self {
            Self::InProcess(book) => book.release(run, id).await,
            Self::OverHttp(server) => server.release(run, id).await,
        }
    }

    pub(super) async fn verify(&self) -> anyhow::Result<Verdict> {
        match self {
            Self::InProcess(book) => book.verify().await,
            Self::OverHttp(server) => server.verify().await,
        }
    }

    pub(super) async fn close(self) -> anyhow::Result<()> {
        match self {
            Self::InProcess(book) => book.close().await,
            Self::OverHttp(_) => Ok(()),
        }
    }
}
