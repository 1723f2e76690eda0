//! Comparing a table with the rows it must have, both in the order of their key.

use std::cmp::Ordering;
use std::iter::Peekable;

use store::rows::{Datum, Table, WholeRow};
use store::{Error, Tx};

use super::finding::{Finding, Stop};

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// Rows that a table must have, in the order of their key.
pub(super) type Rows<'r> = Box<dyn Iterator<Item = WholeRow> + Send + 'r>;

/// The rows of a table, page by page.
pub(super) struct Scan {
    table: &'static Table,
    last: Option<Vec<Datum>>,
}

impl Scan {
    pub(super) fn new(table: &'static Table) -> Self {
        Self { table, last: None }
    }

    /// The next rows; none at the end.
    pub(super) async fn next(&mut self, tx: &mut Tx) -> Result<Vec<WholeRow>, Error> {
        if self.table.is_keyed_by_text() {
            return self.whole(tx).await;
        }
        // The last row read is found once more, in front.
        let mut page = tx.all(self.table.rows_from(self.last.as_deref(), PAGE + 1)).await?;
        let again =
            page.first().is_some_and(|row| Some(self.table.key(row)) == self.last.as_deref());
        if again {
            page.remove(0);
        }
        if let Some(last) = page.last() {
            self.last = Some(self.table.key(last).to_vec());
        }
        Ok(page)
    }

    /// Every row at once, sorted here: such a table is small.
    async fn whole(&mut self, tx: &mut Tx) -> Result<Vec<WholeRow>, Error> {
        if self.last.is_some() {
            return Ok(Vec::new());
        }
        let mut rows = tx.all(self.table.rows_from(None, i64::MAX)).await?;
        rows.sort_by(|one, other| self.table.key(one).cmp(self.table.key(other)));
        self.last = rows.last().map(|last| self.table.key(last).to_vec());
        Ok(rows)
    }
}

/// Holds a table against the rows it must have. A row that is not one of them
/// may be excused.
pub(super) async fn compare(
    tx: &mut Tx,
    table: &'static Table,
    expected: Rows<'_>,
    mut excuse: impl FnMut(&WholeRow) -> bool + Send,
) -> Result<(), Stop> {
    let mut expected = expected.peekable();
    let mut scan = Scan::new(table);
    loop {
        let page = scan.next(tx).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            if let Some(finding) = judge(table, &row, &mut expected)
                && !(finding.excusable && excuse(&row))
            {
                return Err(finding.finding.into());
            }
        }
    }
    match expected.next() {
        Some(row) => Err(missing(table, &row).into()),
        None => Ok(()),
    }
}

struct Judgement {
    finding: Finding,
    excusable: bool,
}

/// What is wrong with a row, or between it and the one before.
fn judge(table: &Table, row: &WholeRow, expected: &mut Peekable<Rows<'_>>) -> Option<Judgement> {
    let key = table.key(row);
    let order = expected.peek().map_or(Ordering::Greater, |next| table.key(next).cmp(key));
    match order {
        Ordering::Less => {
            let finding = missing(table, &expected.next()?);
            Some(Judgement { finding, excusable: false })
        }
        Ordering::Equal => {
            let column = table.difference(&expected.next()?, row)?;
            let what = format!("{column} is not what the journal says");
            let finding = Finding::row(table, key, row.seq(), what);
            Some(Judgement { finding, excusable: true })
        }
        Ordering::Greater => {
            let what = "no record of the journal made this row";
            let finding = Finding::row(table, key, None, what);
            Some(Judgement { finding, excusable: true })
        }
    }
}

fn missing(table: &Table, row: &WholeRow) -> Finding {
    Finding::row(table, table.key(row), row.seq(), "the row is missing")
}
