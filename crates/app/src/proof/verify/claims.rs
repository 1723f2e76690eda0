//! What the database claims about itself, read before the walk that checks it.

use ledger::{Event, Partition, Record, Seq};
use store::Tx;
use store::books::{self, Book};
use store::cursors::{self, Cursor};
use store::rows::{self, Datum};

use super::compare::Scan;
use super::finding::{Finding, Stop};
use crate::audit::Recorder;
use crate::consumer::Consumer;
use crate::figures;
use crate::proof::totals::Counter;

/// Claims to be checked.
pub(super) struct Claims {
    /// How far all rows of the projections are.
    pub(super) projected: Seq,
    /// How far the trial balance is counted.
    pub(super) counted: Cursor,
    /// How far the figures of summaries are counted.
    pub(super) figured: Cursor,
    /// How far the audit log has the records.
    pub(super) audited: Seq,
    /// The last record, to say how far the walk is.
    pub(super) head: Seq,
    /// The book.
    pub(super) book: Option<Book>,
}

impl Claims {
    pub(super) async fn read(tx: &mut Tx) -> Result<Self, Stop> {
        Ok(Self {
            projected: projected(tx).await?,
            counted: cursor::<Counter>(tx).await?,
            figured: cursor::<figures::Counter>(tx).await?,
            audited: cursor::<Recorder>(tx).await?.seq,
            head: head(tx).await?,
            book: tx.opt(books::find()).await?,
        })
    }

    /// None may be further than the journal.
    pub(super) fn finish(&self, head: Seq) -> Result<(), Finding> {
        if self.projected > head {
            let (key, what) = ([Datum::I64(1)], "it is further than the journal");
            return Err(Finding::row(&rows::PROJECTED, &key, Some(self.projected.number()), what));
        }
        let key = [Datum::Text("cursor".to_owned())];
        for (table, cursor) in [(&rows::TOTALS, self.counted), (&rows::FIGURES, self.figured)] {
            let end = cursor.end();
            if end > head {
                let what = "it is further than the journal";
                return Err(Finding::row(table, &key, Some(end.number()), what));
            }
        }
        if let Some(begun) = self.counted.begun {
            let what = "it is in the middle of a step, which is written whole";
            return Err(Finding::row(&rows::TOTALS, &key, Some(begun.upto.number()), what));
        }
        Ok(())
    }

    /// The book's row must say what the first record says.
    pub(super) fn check_book(&self, first: &Record) -> Result<(), Finding> {
        let Event::Genesis { book, mode, format, public_key } = first.event else { return Ok(()) };
        let what = match &self.book {
            None => "the books row is missing",
            Some(row) if row.book_id != book => "the books row is another book's",
            Some(row) if row.mode.as_str() != mode.as_str() => "the books row has another mode",
            Some(row) if row.format != format => "the books row has another format",
            Some(row) if row.public_key != public_key => "the books row has another public key",
            Some(_) => return Ok(()),
        };
        Err(Finding::record(first.seq, what))
    }
}

/// Where a consumer is; nowhere before it has begun.
async fn cursor<C: Consumer>(tx: &mut Tx) -> Result<Cursor, Stop> {
    Ok(tx.opt(cursors::find(C::NAME, Partition::FIRST)).await?.unwrap_or_default())
}

async fn projected(tx: &mut Tx) -> Result<Seq, Stop> {
    let mut projected = Seq::ZERO;
    for row in Scan::new(&rows::PROJECTED).next(tx).await? {
        let [Datum::I64(1), Datum::I64(seq @ 0..)] = row.data() else {
            let what = "it is no place of this book";
            return Err(Finding::row(&rows::PROJECTED, row.data(), None, what).into());
        };
        projected = Seq::from_number(*seq);
    }
    Ok(projected)
}

/// Only for progress: the row itself is compared at the end.
async fn head(tx: &mut Tx) -> Result<Seq, Stop> {
    let heads = Scan::new(&rows::HEADS).next(tx).await?;
    let seq = heads.iter().find_map(|row| row.data().get(1).and_then(Datum::number));
    Ok(Seq::from_number(seq.unwrap_or(0)))
}
