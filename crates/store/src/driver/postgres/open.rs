//! Opening a server's database: every way it can fail is told apart, and what
//! would lose acknowledged writes is refused.

use std::sync::Mutex;

use tokio::sync::mpsc;
use tokio_postgres::{Client, Config, SimpleQueryMessage, SimpleQueryRow};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_util::task::TaskTracker;

use super::{Address, Shared, appends, cluster, connect, migrate as run_migrations, tls};
use crate::bell::Bell;
use crate::db::{Absent, Outdated, ServerOptions};
use crate::error::OpenError;
use crate::migrate::{self, Misfit};

/// The oldest version that is known to do.
const VERSION_MIN: i32 = 150_000;
/// Whether a setting's value is safe.
type IsSafe = fn(&str) -> bool;
/// Settings that are asked for, and whether a value is safe. With others a crash takes what
/// was acknowledged, or a COMMIT that waits for its standby succeeds without it: here that
/// timeout is ours, behind a pooler and on a cluster's workers the user's.
pub(super) const SETTINGS: [(&str, IsSafe); 5] = [
    ("fsync", |value| value != "off"),
    ("full_page_writes", |value| value != "off"),
    ("synchronous_commit", |value| !["off", "local"].contains(&value)),
    ("statement_timeout", |value| value == "0"),
    ("server_encoding", |value| value == "UTF8"),
];
/// Connections that write behind the journal. The projector and the consumers take turns:
/// each keeps a core of the server busy, and with several at once appends wait for one.
const SLICES: usize = 1;

pub(super) async fn open(options: &ServerOptions) -> Result<Shared, OpenError> {
    let address = &options.address;
    let server = |source| OpenError::Server { address: address.to_string(), source };
    let tls = tls::connector(address.root_certificates.as_deref()).map_err(server)?;
    let config = connect::configure(&address.config, address.statements);
    let is_spread = prepare(options, &config, &tls).await?;
    let pool = |size| {
        connect::pool((&config, address.statements), tls.clone(), size).map_err(|error| {
            OpenError::Server { address: address.to_string(), source: error.into() }
        })
    };
    let (line, asked) = mpsc::unbounded_channel();
    let tasks = TaskTracker::new();
    tasks.spawn(appends::run(pool(1)?, address.statements, asked));
    Ok(Shared {
        is_spread,
        statements: address.statements,
        reads: pool(options.readers)?,
        line: Mutex::new(Some(line)),
        appends: pool(1)?,
        edits: pool(1)?,
        slices: pool(SLICES)?,
        tasks,
        bell: Bell::default(),
        waiting: Default::default(),
    })
}

/// Looks at the server, and brings the schema up to date where that is asked for. Whether
/// the ledger's tables are spread over a cluster.
async fn prepare(
    options: &ServerOptions,
    config: &Config,
    tls: &MakeRustlsConnect,
) -> Result<bool, OpenError> {
    let unreachable = |source: tokio_postgres::Error| unreachable(&options.address, source);
    let (mut client, connection) = config.connect(tls.clone()).await.map_err(unreachable)?;
    let work = async {
        check(&options.address, &client).await?;
        bring_up(options, &mut client).await?;
        cluster::is_spread(&options.address, &client).await
    };
    tokio::select! {
        done = work => done,
        ended = connection => Err(match ended {
            Err(error) => unreachable(error),
            Ok(()) => OpenError::Server {
                address: options.address.to_string(),
                source: "the server closed the connection".into(),
            },
        }),
    }
}

async fn check(address: &Address, client: &Client) -> Result<(), OpenError> {
    let version = value_of(address, client, "server_version_num").await?;
    if version.parse::<i32>().is_ok_and(|version| version < VERSION_MIN) {
        let found = value_of(address, client, "server_version").await?;
        return Err(OpenError::ServerVersion { address: address.to_string(), found });
    }
    let found = unsafe_setting(client).await.map_err(|source| unreachable(address, source))?;
    found.map_or(Ok(()), |(setting, value)| {
        Err(OpenError::Unsafe { address: address.to_string(), setting, value })
    })
}

/// A setting by which a crash loses what was acknowledged, and its value. A standby that was
/// promoted has its own, so each new connection looks.
pub(super) async fn unsafe_setting(
    client: &Client,
) -> Result<Option<(&'static str, String)>, tokio_postgres::Error> {
    // The names are ours.
    let values = SETTINGS.map(|(name, _)| format!("current_setting('{name}')")).join(", ");
    let said = client.simple_query(&format!("SELECT {values}")).await?;
    let row = said.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let value = |place| row.and_then(|row| row.get(place)).unwrap_or_default();
    let found = SETTINGS.into_iter().enumerate().find(|(at, (_, is_safe))| !is_safe(value(*at)));
    Ok(found.map(|(at, (setting, _))| (setting, value(at).to_owned())))
}

async fn value_of(address: &Address, client: &Client, name: &str) -> Result<String, OpenError> {
    // The names are ours.
    let rows = ask(address, client, &format!("SELECT current_setting('{name}')")).await?;
    Ok(rows.concat().concat())
}

/// The cells of each row that a simple query finds, which needs nothing of a pooler.
/// What is NULL is empty.
pub(super) async fn ask(
    address: &Address,
    client: &Client,
    text: &str,
) -> Result<Vec<Vec<String>>, OpenError> {
    let answer = client.simple_query(text).await;
    let answer = answer.map_err(|source| unreachable(address, source))?;
    let cells = |row: SimpleQueryRow| {
        let cell = |place| row.get(place).unwrap_or_default().to_owned();
        (0..row.len()).map(cell).collect()
    };
    let rows = answer.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(cells(row)),
        _ => None,
    });
    Ok(rows.collect())
}

async fn bring_up(options: &ServerOptions, client: &mut Client) -> Result<(), OpenError> {
    let address = options.address.to_string();
    let known = migrate::version();
    let failed = |source: tokio_postgres::Error| unreachable(&options.address, source);
    let misfit = |misfit| match misfit {
        Misfit::Newer { found } => OpenError::Newer { path: address.clone().into(), found, known },
        Misfit::Altered { version, name } => OpenError::Altered { version, name },
    };
    let applied = run_migrations::applied(client).await.map_err(failed)?;
    if applied.is_none() && options.absent == Absent::Refuse {
        return Err(OpenError::Missing { path: address.into() });
    }
    let applied = applied.unwrap_or_default();
    let pending = migrate::pending(&applied).map_err(misfit)?;
    if pending.is_empty() {
        return Ok(());
    }
    if options.outdated == Outdated::Refuse {
        let found = applied.last().map_or(0, |row| row.version);
        return Err(OpenError::Older { path: address.into(), found, known });
    }
    run_migrations::run(client, options.now).await.map_err(failed)?.map_err(misfit)
}

/// What the server said, or why it said nothing. Its words name no secret.
fn unreachable(address: &Address, error: tokio_postgres::Error) -> OpenError {
    let address = address.to_string();
    match error.as_db_error() {
        Some(said) => OpenError::Server { address, source: said.message().to_owned().into() },
        None => OpenError::Server { address, source: error.into() },
    }
}
