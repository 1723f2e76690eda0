//! What Stripe told us, each event once. What it says of amounts is not kept:
//! an event is a hint what to look at.

use ledger::Time;

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const INSERT: Sql = Sql::both(
    "stripe_events.insert",
    "INSERT INTO stripe_events (id, kind, subject_kind, subject_id, created_at, received_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO NOTHING",
);

const FIND: Sql = Sql::both(
    "stripe_events.find",
    "SELECT id, kind, subject_kind, subject_id, created_at, received_at
    FROM stripe_events
    WHERE id = $1",
);

const COUNT: Sql = Sql::both(
    "stripe_events.count",
    "SELECT COUNT(*)
    FROM stripe_events",
);

const PRUNE: Sql = Sql::both(
    "stripe_events.prune",
    "DELETE FROM stripe_events
    WHERE id IN (
        SELECT id
        FROM stripe_events
        WHERE received_at < $1
        ORDER BY received_at
        LIMIT $2
    )",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&INSERT, &FIND, &COUNT, &PRUNE];

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// Its kind: `payment_intent.succeeded`.
    pub kind: String,
    /// What to look at: the word of its kind, and its id.
    pub subject: Option<(String, String)>,
    /// When it happened, by Stripe's clock.
    pub created_at: Time,
    /// When it came.
    pub received_at: Time,
}

impl Event {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        let (id, kind) = (row.get()?, row.get()?);
        let subject: (Option<String>, Option<String>) = (row.get()?, row.get()?);
        let (created_at, received_at) = (row.get()?, row.get()?);
        Ok(Self { id, kind, subject: subject.0.zip(subject.1), created_at, received_at })
    }
}

/// Keeps an event; hits no row if it came before.
pub fn insert(event: &Event) -> Change<'_> {
    let subject = event.subject.as_ref();
    INSERT.change([
        event.id.as_str().into(),
        event.kind.as_str().into(),
        subject.map(|(kind, _)| kind.as_str()).into(),
        subject.map(|(_, id)| id.as_str()).into(),
        event.created_at.into(),
        event.received_at.into(),
    ])
}

/// The event of that id.
pub fn find(id: &str) -> Query<'_, Event> {
    FIND.rows([id.into()], Event::read)
}

/// How many there are.
pub fn count() -> Query<'static, i64> {
    COUNT.rows([], only)
}

/// Forgets what came before that, oldest first, some of it.
pub fn prune(before: Time, most: i64) -> Change<'static> {
    PRUNE.change([before.into(), most.into()])
}
