//! Connections: pools of them, and what each does before it is used.

use std::time::Duration;

use deadpool_postgres::{
    Client, ClientWrapper, Hook, HookError, Manager, ManagerConfig, Pool, PoolError,
    RecyclingMethod, Runtime,
};
use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure::classify;
use super::open;
use super::session::Statements;
use crate::error::Error;

/// How long a connection may take to be made or to come free.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// How long one of the servers of an address may take to be reached, before the next is
/// tried.
const REACH_MAX: Duration = Duration::from_secs(3);
/// A server that falls silent is given up after about ten seconds: idle for five, then
/// three questions that nobody answers.
const SILENT_MAX: Duration = Duration::from_secs(5);
const ASK_EVERY: Duration = Duration::from_secs(2);
const ASKED_MAX: u32 = 3;
/// What a session is told: a server of ours that hangs lets its locks go, and one whose
/// machine is gone its turn, after as long as it gives PostgreSQL. A timeout of statements
/// would have a COMMIT that waits for its standby succeed without it.
const SESSION: &str = "-c idle_in_transaction_session_timeout=30s -c lock_timeout=10s \
    -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 \
    -c statement_timeout=0 -c client_min_messages=warning";
/// A question whose asker has gone ends soon. A server on a platform that can't see that
/// refuses it.
const NOTICE: &str = "SET client_connection_check_interval = '2s'";
/// A write every new connection begins with. A primary that was cut off from its
/// standbys can't commit it, so nobody is told what it is going to lose.
const PROVE: &str = "UPDATE heads SET seq = seq WHERE partition_id = 1";

/// The connections' settings, whatever the address says.
pub(super) fn configure(config: &Config, statements: Statements) -> Config {
    let mut config = config.clone();
    config.application_name("credits").connect_timeout(REACH_MAX).tcp_user_timeout(WAIT_MAX);
    config.keepalives_idle(SILENT_MAX).keepalives_interval(ASK_EVERY);
    config.keepalives_retries(ASKED_MAX);
    // A pooler would have to be told about them.
    if statements == Statements::Named {
        config.options(SESSION);
    }
    config
}

/// A pool of at most `size` connections.
pub(super) fn pool(
    (config, statements): (&Config, Statements),
    tls: MakeRustlsConnect,
    size: usize,
) -> Result<Pool, Error> {
    let recycling_method = RecyclingMethod::Fast;
    let hosts = u32::try_from(config.get_hosts().len()).unwrap_or(1);
    let manager = Manager::from_config(config.clone(), tls, ManagerConfig { recycling_method });
    Pool::builder(manager)
        .max_size(size.max(1))
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT_MAX))
        .create_timeout(Some(WAIT_MAX.max(REACH_MAX.saturating_mul(hosts.saturating_add(1)))))
        .post_create(Hook::async_fn(move |client: &mut ClientWrapper, _| {
            Box::pin(begin(client, statements))
        }))
        .build()
        .map_err(|error| Error::Internal { statement: "pool", source: error.into() })
}

/// What a new connection is asked before it is used. The pool's own limit is on making one.
async fn begin(client: &ClientWrapper, statements: Statements) -> Result<(), HookError> {
    let asked = async {
        if statements == Statements::Named
            && let Err(error) = client.batch_execute(NOTICE).await
        {
            tracing::debug!(%error, "store.setting_refused");
        }
        let found = open::unsafe_setting(client).await.map_err(HookError::Backend)?;
        if let Some((setting, value)) = found {
            tracing::error!(setting, value, "store.unsafe_server");
            let why = format!("{setting} is {value} there, which can lose what is committed");
            return Err(HookError::message(why));
        }
        client.batch_execute(PROVE).await.map_err(HookError::Backend)
    };
    let late = |_| HookError::message("no answer for ten seconds");
    tokio::time::timeout(WAIT_MAX, asked).await.map_err(late)?
}

/// A connection that is free, or a new one.
pub(super) async fn take(pool: &Pool) -> Result<Client, Error> {
    pool.get().await.map_err(|error| match error {
        PoolError::Timeout(_) => Error::Busy,
        PoolError::Closed => Error::Closed,
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
            match classify("connect", error) {
                error @ (Error::Busy | Error::Lost(_)) => error,
                // Nothing was begun.
                other => Error::Lost(other.into()),
            }
        }
        // Nor here.
        PoolError::PostCreateHook(HookError::Message(why)) => Error::Lost(why.into()),
        other => Error::Internal { statement: "connect", source: other.into() },
    })
}
