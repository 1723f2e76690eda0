//! Which rows of a table are not as they are beside.
//!
//! The table may move on meanwhile. So what is found here is only suspected: a
//! row may be right and further than the one beside.

use std::cmp::Ordering;
use std::collections::VecDeque;

use store::rows::{Datum, Projection, WholeRow};
use store::{Db, Error};

use super::SUSPECTS_MAX;
use super::beside::Beside;

/// Rows read at a time.
const PAGE: i64 = 2_000;

/// How far a table is compared.
pub(super) struct Position {
    projection: &'static Projection,
    after: Option<Vec<Datum>>,
}

impl Position {
    pub(super) fn start(projection: &'static Projection) -> Self {
        Self { projection, after: None }
    }
}

/// Keys whose rows differ, in order, and how many rows there must be up to the
/// last.
#[derive(Default)]
pub(super) struct Suspects {
    pub(super) keys: Vec<Vec<Datum>>,
    pub(super) rows: u64,
}

/// The next suspects; none only at the end of the table.
pub(super) async fn next(
    db: &Db,
    beside: &Beside,
    position: &mut Position,
) -> Result<Suspects, Error> {
    let projection = position.projection;
    let mut there = Rows::new(db, position);
    let mut right = Rows::new(beside.db(), position);
    let mut suspects = Suspects::default();
    while suspects.keys.len() < SUSPECTS_MAX {
        there.fill().await?;
        right.fill().await?;
        let (one, other) = (there.ready.front(), right.ready.front());
        let order = match (one, other) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => projection.table.key(one).cmp(projection.table.key(other)),
        };
        let one = if order.is_le() { there.ready.pop_front() } else { None };
        let other = if order.is_ge() { right.ready.pop_front() } else { None };
        suspects.rows += u64::from(other.is_some());
        let Some(row) = other.as_ref().or(one.as_ref()) else { break };
        let key = projection.table.key(row).to_vec();
        if one != other {
            suspects.keys.push(key.clone());
        }
        position.after = Some(key);
    }
    Ok(suspects)
}

/// A table's rows, read ahead page by page, each page on a snapshot of its own.
struct Rows<'d> {
    db: &'d Db,
    projection: &'static Projection,
    last: Option<Vec<Datum>>,
    ready: VecDeque<WholeRow>,
    ended: bool,
}

impl<'d> Rows<'d> {
    fn new(db: &'d Db, position: &Position) -> Self {
        Self {
            db,
            projection: position.projection,
            last: position.after.clone(),
            ready: VecDeque::new(),
            ended: false,
        }
    }

    async fn fill(&mut self) -> Result<(), Error> {
        if self.ended || !self.ready.is_empty() {
            return Ok(());
        }
        let (table, last) = (&self.projection.table, self.last.clone());
        let page = self.db.read::<_, Error, _>(move |tx| {
            Box::pin(async move { tx.all(table.rows_from(last.as_deref(), PAGE)).await })
        });
        self.ready = page.await?.into();
        // The last row read is found once more, in front, if it is still there.
        let again =
            self.ready.front().is_some_and(|row| Some(table.key(row)) == self.last.as_deref());
        if again {
            self.ready.pop_front();
        }
        match self.ready.back() {
            Some(last) => self.last = Some(table.key(last).to_vec()),
            None => self.ended = true,
        }
        Ok(())
    }
}
