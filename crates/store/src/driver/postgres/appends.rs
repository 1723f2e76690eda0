//! Appends: a statement each, one behind the other on a connection of their own, sent
//! before the one in front is answered.
//!
//! A statement moves the head and inserts what follows it, or does nothing. So the next
//! one, which moves the head from where this one put it, can't happen without it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use deadpool_postgres::{Client, Object, Pool};
use futures::future::BoxFuture;
use futures::stream::FuturesOrdered;
use futures::{FutureExt as _, StreamExt as _};
use ledger::{Event, Head, Partition, Sealed, Words};
use tokio::sync::mpsc;
use tokio_postgres::Statement;
use tokio_postgres::types::{ToSql, Type};

use super::session::Statements;
use super::{connect, failure};
use crate::constraint::{Constraint, OnConstraint as _};
use crate::error::Error;
use crate::journal::Appending;
use crate::panics::message;

/// The head moves, or nothing happens. The fence is in it: an append whose end nobody knew,
/// and that a server still has, does nothing once the head was settled without it.
macro_rules! append {
    ($beside:literal) => {
        concat!(
            "WITH moved AS (
    UPDATE heads
    SET seq = $1, hash = $2, at = $3
    WHERE partition_id = $4 AND seq = $5 AND hash = $6 AND fence = $7
    RETURNING partition_id
)",
            $beside,
            "
INSERT INTO journal (partition_id, seq, body, hash)
SELECT moved.partition_id, u.seq, u.body, u.hash
FROM moved, unnest($8::bigint[], $9::bytea[], $10::bytea[]) AS u (seq, body, hash)"
        )
    };
}

const APPEND: &str = append!("");

/// The same with words, and without those that are erased.
const APPEND_WORDED: &str = append!(
    ", worded AS (
    INSERT INTO words (partition_id, seq, salt, text)
    SELECT moved.partition_id, u.seq, u.salt, u.text
    FROM moved, unnest($11::bigint[], $12::bytea[], $13::text[]) AS u (seq, salt, text)
), erased AS (
    DELETE FROM words
    USING moved
    WHERE words.partition_id = $4 AND words.seq = ANY ($14::bigint[])
)"
);

/// What it is called in errors.
const NAME: &str = "journal.append_at_once";

const TYPES: [Type; 14] = [
    Type::INT8,
    Type::BYTEA,
    Type::INT8,
    Type::INT8,
    Type::INT8,
    Type::BYTEA,
    Type::INT8,
    Type::INT8_ARRAY,
    Type::BYTEA_ARRAY,
    Type::BYTEA_ARRAY,
    Type::INT8_ARRAY,
    Type::BYTEA_ARRAY,
    Type::TEXT_ARRAY,
    Type::INT8_ARRAY,
];

/// How many of them an append without words has.
const WORDLESS: usize = 10;

/// An append is planned once. The server would otherwise plan each anew, by the lengths of
/// its arrays: it takes those it doesn't know for longer ones, and a plan for what it is told
/// for a better one. A table that was empty when that plan was made is read by its key too.
const PLAN_ONCE: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off";

/// Whether the head is where it is said to be.
const SEE: &str = "SELECT seq
FROM heads
WHERE partition_id = $1 AND seq = $2 AND hash = $3";

const SEEN: [Type; 3] = [Type::INT8, Type::INT8, Type::BYTEA];

/// An append that is asked for.
pub(super) struct Asked {
    pub(super) prepare: Box<dyn FnOnce() -> Option<Appending> + Send>,
    pub(super) written: Box<dyn FnOnce() + Send>,
    pub(super) then: Then,
}

type Then = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// Where appends are asked for.
pub(super) type Appends = mpsc::UnboundedSender<Asked>;

/// A connection that is not used again once a statement on it failed.
struct Line {
    client: Option<Client>,
    append: Call,
    append_worded: Call,
    see: Call,
    is_broken: AtomicBool,
}

/// A statement as the server is to have it.
enum Call {
    Named(Statement),
    Unnamed(&'static str, &'static [Type]),
}

impl Line {
    /// With its statements ready, so that what is sent on it goes at once and in order.
    async fn new(pool: &Pool, statements: Statements) -> Result<Self, Error> {
        let client = connect::take(pool).await?;
        if statements == Statements::Named {
            let planned = client.batch_execute(PLAN_ONCE).await;
            planned.map_err(|error| failure::classify(NAME, error))?;
        }
        let append = call(&client, statements, (APPEND, &TYPES[..WORDLESS])).await?;
        let append_worded = call(&client, statements, (APPEND_WORDED, &TYPES)).await?;
        let see = call(&client, statements, (SEE, &SEEN)).await?;
        let is_broken = AtomicBool::new(false);
        Ok(Self { client: Some(client), append, append_worded, see, is_broken })
    }

    fn client(&self) -> Result<&Client, Error> {
        self.client
            .as_ref()
            .filter(|_| !self.is_broken.load(Ordering::Acquire))
            .ok_or_else(|| Error::Lost("nothing is sent behind an append that failed".into()))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(client) = self.client.take()
            && self.is_broken.load(Ordering::Acquire)
        {
            drop(Object::take(client));
        }
    }
}

async fn call(
    client: &Client,
    statements: Statements,
    (text, types): (&'static str, &'static [Type]),
) -> Result<Call, Error> {
    match statements {
        Statements::Unnamed => Ok(Call::Unnamed(text, types)),
        Statements::Named => match client.prepare_typed_cached(text, types).await {
            Ok(statement) => Ok(Call::Named(statement)),
            Err(error) => Err(failure::classify(NAME, error)),
        },
    }
}

/// What was sent, and who is told.
type Sent = FuturesOrdered<BoxFuture<'static, (Result<(), Error>, Then)>>;

/// Sends what is asked for, until nobody asks any more and all is answered.
pub(super) async fn run(
    pool: Pool,
    statements: Statements,
    mut asked: mpsc::UnboundedReceiver<Asked>,
) {
    let (mut line, mut sent) = (None, Sent::new());
    loop {
        tokio::select! {
            biased;
            // What was sent is answered in order; looking for that sends what is new.
            Some((done, then)) = sent.next() => then(done),
            next = asked.recv() => match next {
                Some(next) => begin(next, &mut sent, &mut line, (&pool, statements)).await,
                None => break,
            },
        }
    }
    while let Some((done, then)) = sent.next().await {
        then(done);
    }
}

async fn begin(
    Asked { prepare, written, then }: Asked,
    sent: &mut Sent,
    line: &mut Option<Arc<Line>>,
    (pool, statements): (&Pool, Statements),
) {
    let appending = match catch_unwind(AssertUnwindSafe(prepare)) {
        Ok(Some(appending)) => appending,
        Ok(None) => return,
        Err(panic) => return then(Err(Error::Panicked(message(panic.as_ref())))),
    };
    match usable(line, pool, statements).await {
        Ok(line) => {
            sent.push_back(async move { (send(&line, &appending).await, then) }.boxed());
            written();
        }
        // In its turn: those in front are told first.
        Err(error) => sent.push_back(async move { (Err(error), then) }.boxed()),
    }
}

/// The connection that appends have, or a new one.
async fn usable(
    line: &mut Option<Arc<Line>>,
    pool: &Pool,
    statements: Statements,
) -> Result<Arc<Line>, Error> {
    if let Some(line) = line.as_ref().filter(|line| line.client().is_ok()) {
        return Ok(Arc::clone(line));
    }
    // Its place in the pool is free once it is gone.
    *line = None;
    let new = Arc::new(Line::new(pool, statements).await?);
    *line = Some(Arc::clone(&new));
    Ok(new)
}

async fn send(line: &Line, appending: &Appending) -> Result<(), Error> {
    let done = match appending.sealed.last() {
        Some(last) => append(line, appending, last).await,
        None => see(line, &appending.head).await,
    };
    if done.as_ref().is_err_and(|error| !matches!(error, Error::HeadMoved)) {
        line.is_broken.store(true, Ordering::Release);
    }
    done
}

async fn append(line: &Line, appending: &Appending, last: &Sealed) -> Result<(), Error> {
    let Appending { head, fence, sealed } = appending;
    let erased: Vec<i64> = sealed.iter().filter_map(|one| erased(one)).collect();
    // What is erased by a record behind its own is never written.
    let worded = sealed.iter().filter(|one| !erased.contains(&one.record.seq.number()));
    let worded = worded.filter_map(|one| Some((one.record.seq.number(), one.words.as_ref()?)));
    let (places, words): (Vec<i64>, Vec<&Words>) = worded.unzip();
    let salts: Vec<&[u8]> = words.iter().map(|words| words.salt.as_slice()).collect();
    let texts: Vec<&str> = words.iter().map(|words| words.text.as_str()).collect();
    let seqs: Vec<i64> = sealed.iter().map(|one| one.record.seq.number()).collect();
    let bodies: Vec<&[u8]> = sealed.iter().map(|one| one.body.as_slice()).collect();
    let hashes: Vec<&[u8]> = sealed.iter().map(|one| one.hash.0.as_slice()).collect();
    let to = (last.record.seq.number(), last.hash.0.as_slice(), last.record.at.micros());
    let from = (Partition::FIRST.number(), head.seq.number(), head.hash.0.as_slice());
    let arguments: [&(dyn ToSql + Sync); 14] = [
        &to.0, &to.1, &to.2, &from.0, &from.1, &from.2, fence, // the head
        &seqs, &bodies, &hashes, // records
        &places, &salts, &texts, &erased, // words
    ];
    let rows = if places.is_empty() && erased.is_empty() {
        execute(line, &line.append, &arguments[..WORDLESS]).await
    } else {
        execute(line, &line.append_worded, &arguments).await
    };
    let rows = rows.on(Constraint::Journal, || Error::HeadMoved)?;
    match usize::try_from(rows) {
        Ok(0) => Err(Error::HeadMoved),
        Ok(count) if count == sealed.len() => Ok(()),
        _ => Err(Error::NotOneRow { statement: NAME, rows }),
    }
}

fn erased(sealed: &Sealed) -> Option<i64> {
    match sealed.record.event {
        Event::Erase { of } => Some(of.number()),
        _ => None,
    }
}

async fn see(line: &Line, head: &Head) -> Result<(), Error> {
    let (partition, seq, hash) = (Partition::FIRST.number(), head.seq.number(), &head.hash.0[..]);
    let rows = execute(line, &line.see, &[&partition, &seq, &hash]).await?;
    if rows == 0 { Err(Error::HeadMoved) } else { Ok(()) }
}

/// How many rows a statement came to, once it is committed.
async fn execute(
    line: &Line,
    call: &Call,
    arguments: &[&(dyn ToSql + Sync)],
) -> Result<u64, Error> {
    let client = line.client()?;
    let done = match call {
        Call::Named(statement) => client.execute_raw(statement, arguments.iter().copied()).await,
        Call::Unnamed(text, types) => {
            let typed = arguments.iter().copied().zip(types.iter().cloned());
            client.execute_typed(text, &typed.collect::<Vec<_>>()).await
        }
    };
    done.map_err(|error| {
        if failure::is_certain(&error) {
            failure::classify(NAME, error)
        } else {
            Error::CommitUnknown(error.into())
        }
    })
}
