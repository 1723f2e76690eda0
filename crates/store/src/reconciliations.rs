//! What comparisons of our records with the provider's cents came to.

use ledger::Time;

use crate::error::Error;
use crate::query::{Change, Query, Sql};
use crate::row::{Row, only};

const INSERT: Sql = Sql::both(
    "reconciliations.insert",
    "INSERT INTO reconciliations (at, since, movements, records, healed)
    VALUES ($1, $2, $3, $4, $5)
    RETURNING id",
);

const INSERT_FINDING: Sql = Sql::both(
    "reconciliations.insert_finding",
    "INSERT INTO reconciliation_findings (reconciliation_id, ordinal, kind, provider_id, record,
        ours, theirs, currency)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

const LATEST: Sql = Sql::both(
    "reconciliations.latest",
    "SELECT id, at, since, movements, records, healed
    FROM reconciliations
    ORDER BY id DESC
    LIMIT 1",
);

const FINDINGS: Sql = Sql::both(
    "reconciliations.findings",
    "SELECT kind, provider_id, record, ours, theirs, currency
    FROM reconciliation_findings
    WHERE reconciliation_id = $1
    ORDER BY ordinal",
);

/// The statements of this module.
pub const ALL: &[&Sql] = &[&INSERT, &INSERT_FINDING, &LATEST, &FINDINGS];

/// What a comparison came to, but for its findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// When.
    pub at: Time,
    /// From when on, by the provider's clock.
    pub since: Time,
    /// Movements of money that were compared.
    pub movements: i64,
    /// Records of ours that were.
    pub records: i64,
    /// Events that had never come.
    pub healed: i64,
}

/// A cent without its record, or a record without its cent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which of them: `payment_without_record`.
    pub kind: String,
    /// What the provider calls it.
    pub provider_id: Option<String>,
    /// What we do: `purchase:7`.
    pub record: Option<String>,
    /// Cents, as we have them.
    pub ours: Option<i64>,
    /// Cents, as the provider does.
    pub theirs: Option<i64>,
    /// In which currency.
    pub currency: Option<String>,
}

impl Finding {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            kind: row.get()?,
            provider_id: row.get()?,
            record: row.get()?,
            ours: row.get()?,
            theirs: row.get()?,
            currency: row.get()?,
        })
    }
}

fn read(row: &mut Row<'_>) -> Result<(i64, Reconciliation), Error> {
    let id = row.get()?;
    Ok((
        id,
        Reconciliation {
            at: row.get()?,
            since: row.get()?,
            movements: row.get()?,
            records: row.get()?,
            healed: row.get()?,
        },
    ))
}

/// Writes a comparison; its id.
pub fn insert(of: &Reconciliation) -> Query<'static, i64> {
    let args =
        [of.at.into(), of.since.into(), of.movements.into(), of.records.into(), of.healed.into()];
    INSERT.rows(args, only)
}

/// Writes one of its findings.
pub fn insert_finding(id: i64, ordinal: i64, finding: &Finding) -> Change<'_> {
    INSERT_FINDING.change([
        id.into(),
        ordinal.into(),
        finding.kind.as_str().into(),
        finding.provider_id.as_deref().into(),
        finding.record.as_deref().into(),
        finding.ours.into(),
        finding.theirs.into(),
        finding.currency.as_deref().into(),
    ])
}

/// The last one, with its id.
pub fn latest() -> Query<'static, (i64, Reconciliation)> {
    LATEST.rows([], read)
}

/// What it found.
pub fn findings(id: i64) -> Query<'static, Finding> {
    FINDINGS.rows([id.into()], Finding::read)
}
