//! Comparing a table with the rows it must have, both in the order of their key.

use std::cmp::Ordering;

use store::rows::{Datum, Table, WholeRow};
use store::{Error, Tx};

use super::finding::{Finding, Stop, print};

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// The rows of a table, page by page.
pub(super) struct Scan {
    table: &'static Table,
    after: Option<Vec<Datum>>,
}

impl Scan {
    pub(super) fn new(table: &'static Table) -> Self {
        Self { table, after: None }
    }

    /// The next rows; none at the end.
    pub(super) async fn next(&mut self, tx: &mut Tx) -> Result<Vec<WholeRow>, Stop> {
        let page = match tx.all(self.table.page(self.after.as_deref(), PAGE)).await {
            Err(Error::Column { column, expected, .. }) => {
                return Err(self.locate(tx, &format!("{column} does not hold {expected}")).await?);
            }
            page => page?,
        };
        self.advance(&page);
        Ok(page)
    }

    fn advance(&mut self, page: &[WholeRow]) {
        if let Some(last) = page.last() {
            self.after = Some(self.table.key(last).to_vec());
        }
    }

    /// Goes on row by row up to one that can't be read.
    async fn locate(&mut self, tx: &mut Tx, what: &str) -> Result<Stop, Stop> {
        while let Ok(row) = tx.all(self.table.page(self.after.as_deref(), 1)).await {
            self.advance(&row);
            if row.is_empty() {
                break;
            }
        }
        let behind = self.after.as_deref().map(print).unwrap_or_default();
        let what = format!("in the row behind this one {what}");
        let mut found = Finding::row(self.table, &[], None, what);
        if let super::Place::Row { key, .. } = &mut found.place {
            *key = behind;
        }
        Ok(found.into())
    }
}

/// Holds a table against the rows it must have. A row that is not one of them
/// may be excused.
pub(super) async fn compare(
    tx: &mut Tx,
    table: &'static Table,
    expected: impl Iterator<Item = WholeRow> + Send,
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
fn judge(
    table: &Table,
    row: &WholeRow,
    expected: &mut std::iter::Peekable<impl Iterator<Item = WholeRow>>,
) -> Option<Judgement> {
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
