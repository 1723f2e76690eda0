//! The walk along the journal: every record refolded, and what the database
//! claims held against it where the claim is made.

use ledger::{Hash, Record, Seq, Verifier};
use store::Tx;
use store::rows::{self, Datum, WholeRow};

use super::ahead::Ahead;
use super::audit::AuditLog;
use super::claims::Claims;
use super::compare::{Scan, compare};
use super::figures::Expected;
use super::finding::{Finding, Stop};
use super::folded::{Folded, Which};
use super::witnesses::Witnesses;
use super::{Progress, words};

/// A walk, as far as it has come.
pub(super) struct Walk {
    pub(super) state: Verifier,
    pub(super) witnesses: Witnesses,
    folded: Folded,
    figures: Expected,
    ahead: Ahead,
    audit: AuditLog,
}

impl Walk {
    pub(super) fn new(witnesses: Witnesses) -> Self {
        Self {
            state: Verifier::default(),
            witnesses,
            folded: Folded::default(),
            figures: Expected::default(),
            ahead: Ahead::default(),
            audit: AuditLog::default(),
        }
    }

    /// From the first record to the last, then what only the end can show.
    pub(super) async fn run(
        &mut self,
        tx: &mut Tx,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> Result<(), Stop> {
        let claims = Claims::read(tx).await?;
        let total = claims.head.number();
        self.stop_by(tx, &claims).await?;
        let mut journal = Scan::new(&rows::JOURNAL);
        loop {
            let page = journal.next(tx).await?;
            if page.is_empty() {
                break;
            }
            for row in page {
                let record = self.take(&claims, row)?;
                self.hear(&claims, &record)?;
                self.stop_by(tx, &claims).await?;
            }
            progress(Progress { done: self.head().number(), total });
        }
        self.finish(tx, &claims).await
    }

    fn head(&self) -> Seq {
        self.state.head().seq
    }

    /// Takes the next row of the journal.
    fn take(&mut self, claims: &Claims, row: WholeRow) -> Result<Record, Stop> {
        let next = self.head().next();
        let parts = <[Datum; 4]>::try_from(row.into_data());
        let Ok([Datum::I64(1), Datum::I64(seq), Datum::Bytes(body), Datum::Bytes(hash)]) = parts
        else {
            return Err(Finding::record(next, "a row of no partition of this book").into());
        };
        let Ok(hash) = hash.try_into() else {
            return Err(Finding::record(next, "the hash is not of 32 bytes").into());
        };
        let record = self.state.next(Seq::from_number(seq), &body, Hash(hash))?;
        self.folded.take(&record);
        self.audit.take(&record, &self.state);
        self.figures.take(&record, claims.figured);
        Ok(record)
    }

    fn hear(&mut self, claims: &Claims, record: &Record) -> Result<(), Finding> {
        claims.check_book(record)?;
        self.witnesses.hear(&self.state, record)?;
        self.ahead.check(&self.folded, &self.state)
    }

    /// Holds tables against the state at the record they claim to be at.
    async fn stop_by(&mut self, tx: &mut Tx, claims: &Claims) -> Result<(), Stop> {
        if self.head() == claims.counted.seq {
            let lines = self.state.totals().lines();
            let lines: Vec<_> = lines.map(|(name, sums)| rows::line(name, sums)).collect();
            compare(tx, &rows::TOTALS, Box::new(lines.into_iter()), |_| false).await?;
        }
        if self.head() == claims.figured.end() {
            self.figures.check(tx).await?;
        }
        if self.head() == claims.projected {
            self.folded.sort();
            for which in Which::ALL {
                let expected = self.folded.rows(which, &self.state);
                let excuse = |row: &WholeRow| self.ahead.keep(which, row, claims.projected);
                compare(tx, &which.projection().table, expected, excuse).await?;
            }
        }
        Ok(())
    }

    async fn finish(&mut self, tx: &mut Tx, claims: &Claims) -> Result<(), Stop> {
        self.state.finish()?;
        let head = self.head();
        if claims.head > head {
            let what = format!("the record is missing: the head is at seq {}", claims.head);
            return Err(Finding::record(head.next(), what).into());
        }
        self.witnesses.finish(head)?;
        let row = Some(rows::head(&self.state.head())).filter(|_| head > Seq::ZERO);
        compare(tx, &rows::HEADS, Box::new(row.into_iter()), |_| false).await?;
        claims.finish(head)?;
        self.ahead.finish()?;
        words::check(tx, &self.state).await?;
        self.audit.check(tx, claims.audited).await
    }
}
