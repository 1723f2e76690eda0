//! `credits serve`: the server, from the first byte of the configuration to the
//! last checkpoint.

use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::demo;
use crate::cli::flag;
use crate::config::{Config, Environment, Flag, Http, LISTEN_KEY, MODE_KEY, unknown_variables};
use crate::wiring::{Running, logs};

/// What answers on their way out have beyond the time to drain.
const MARGIN: Duration = Duration::from_millis(500);

const EXAMPLES: &str = "\
Examples:
  credits serve                                    credits.db on http://127.0.0.1:8005
  credits serve --demo                             with a month of made-up customers
  credits serve --listen 127.0.0.1:0               any free port; the first line says which
  credits serve --db sqlite:/srv/credits/book.db --mode live
  credits serve --config credits.toml

What is not there yet is made: the database, the book, its signing key (PATH.key),
the default services. When it is ready it prints one line, `listening on http://ADDR`;
everything else goes to standard error. SIGTERM ends it: requests under way are
answered, a checkpoint is signed, exit 0.";

/// Serve the ledger over HTTP
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Where to listen [default: 127.0.0.1:8005]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// What a new book is for ever: test or live [default: test]
    #[arg(long)]
    mode: Option<String>,
    /// Live a month of a dozen customers in a new test book first, and say who can sign in
    #[arg(long)]
    demo: bool,
}

impl Arguments {
    /// The settings that were given.
    pub(super) fn flags(&self) -> Vec<Flag> {
        let flags = [
            flag(LISTEN_KEY, "listen", self.listen.as_ref()),
            flag(MODE_KEY, "mode", self.mode.as_ref()),
        ];
        flags.into_iter().flatten().collect()
    }
}

pub(super) async fn run(
    arguments: &Arguments,
    config: Config,
    environment: Environment,
) -> anyhow::Result<ExitCode> {
    // The port first: if it is taken, nothing has been made yet.
    let listener = listen(config.http.listen).await?;
    if arguments.demo {
        demo::fill(&config).await?;
        eprintln!("\nThe API, to read and to try: http://{}/docs/", listener.local_addr()?);
    }
    let shutdown = shutdown()?;
    let running = Running::start(&config).await?;
    let limits = limits(&config.http);
    logs::start(config.log);
    for variable in unknown_variables(&environment) {
        tracing::warn!(variable, "config.unknown_variable");
    }
    announce(listener.local_addr()?)?;
    let (app, proof, audit) = (running.app.clone(), running.proof.clone(), running.audit.clone());
    let served = api::Served { app, proof, audit };
    serve(listener, served, limits, shutdown).await;
    running.stop().await.context("the last checkpoint was not signed")?;
    Ok(ExitCode::SUCCESS)
}

/// Serves until it is asked to stop, and not much longer: what is still at work
/// when the time is over is left to the ledger, which closes behind it.
async fn serve(
    listener: TcpListener,
    served: api::Served,
    limits: api::Limits,
    shutdown: impl Future<Output = ()>,
) {
    let patience = limits.drain_timeout + MARGIN;
    let (asked, told) = oneshot::channel();
    let shutdown = async move {
        shutdown.await;
        // The other end waits for it as long as it can matter.
        let _ = asked.send(());
    };
    let deadline = async move {
        // It is told before it is dropped.
        let _ = told.await;
        tokio::time::sleep(patience).await;
    };
    tokio::select! {
        drained = api::serve(listener, served, limits, shutdown) => {
            tracing::info!(?drained, "serve.drained");
        }
        () = deadline => tracing::warn!("serve.cut"),
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!("{address} is in use by another program"),
        _ => anyhow::anyhow!("{address} can't be listened on: {error}"),
    })
}

/// Says that the server is ready, in the one line that goes to standard output.
fn announce(address: SocketAddr) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on http://{address}")
        .and_then(|()| out.flush())
        .context("standard output is closed")
}

/// Resolves at the first SIGTERM or SIGINT from now on.
fn shutdown() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("serve.draining");
    })
}

fn limits(http: &Http) -> api::Limits {
    api::Limits {
        connections_max: http.connections_max,
        header_timeout: Duration::from_secs(http.header_timeout_s),
        idle_timeout: Duration::from_secs(http.idle_timeout_s),
        request_timeout: Duration::from_secs(http.request_timeout_s),
        verify_timeout: Duration::from_secs(http.verify_timeout_s),
        drain_timeout: Duration::from_secs(http.drain_timeout_s),
    }
}
