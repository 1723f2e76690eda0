//! Bringing a server's schema up to date, in one transaction.

use ledger::Time;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use super::value;
use crate::migrate::{self, Applied, Misfit};
use crate::query::{Change, Engine};
use crate::row::{Row, Source};

/// Keeps everyone else out until the transaction ends, who only looks excepted. Who comes
/// second waits however long the first takes with a large book.
const LOCK: &str = "SET LOCAL lock_timeout = 0;
    LOCK TABLE migrations IN EXCLUSIVE MODE;
    SET LOCAL lock_timeout = '10s'";

/// What was applied; nothing if the table is not there.
pub(super) async fn applied(client: &Client) -> Result<Option<Vec<Applied>>, Error> {
    let query = migrate::applied();
    let text = query.sql.text(Engine::Postgres);
    let rows = match client.query_typed(&text, &[]).await {
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => return Ok(None),
        rows => rows?,
    };
    let read = |row| (query.read)(&mut Row::new(Source::Postgres(row), query.sql.name()));
    // The columns are ours; another program's table of that name has none of them.
    Ok(Some(rows.iter().filter_map(|row| read(row).ok()).collect()))
}

/// Applies what is pending. Whoever comes at the same time waits, then finds
/// nothing to do.
pub(super) async fn run(client: &mut Client, now: Time) -> Result<Result<(), Misfit>, Error> {
    create(client).await?;
    let transaction = client.transaction().await?;
    transaction.batch_execute(LOCK).await?;
    let applied = applied(transaction.client()).await?.unwrap_or_default();
    let pending = match migrate::pending(&applied) {
        Ok(pending) => pending,
        Err(misfit) => return Ok(Err(misfit)),
    };
    for migration in pending {
        transaction.batch_execute(&migration.text(Engine::Postgres)).await?;
        exec(transaction.client(), &migrate::record(migration, now)).await?;
    }
    transaction.commit().await?;
    Ok(Ok(()))
}

/// Two that make one table at the same time are told so in odd ways: by a constraint
/// of the catalogue, that the type of its rows is there, or that the table is, which
/// `IF NOT EXISTS` asked for a moment too early.
async fn create(client: &Client) -> Result<(), Error> {
    const TOLD: [SqlState; 3] =
        [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_OBJECT, SqlState::DUPLICATE_TABLE];
    match exec(client, &migrate::create()).await {
        Err(error) if error.code().is_some_and(|code| TOLD.contains(code)) => {
            exec(client, &migrate::create()).await
        }
        done => done,
    }
}

async fn exec(client: &Client, change: &Change<'_>) -> Result<(), Error> {
    let typed: Vec<(_, Type)> = change.args.iter().map(value::typed).collect();
    client.execute_typed(&change.sql.text(Engine::Postgres), &typed).await.map(drop)
}
