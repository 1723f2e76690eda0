//! What a comparison with the provider's cents came to.

use app::ReconciliationView;
use domain::Cents;
use serde::Serialize;
use utoipa::ToSchema;

use super::output::{Decimal, Instant};

/// A comparison of our records with Stripe's cents.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reconciliation {
    /// When.
    at: Instant,
    /// From when on, by Stripe's clock.
    since: Instant,
    /// Movements of money at Stripe that were compared.
    movements: i64,
    /// Records here that were.
    records: i64,
    /// Events that had never come and were looked at now.
    healed_events: i64,
    /// Cents without their record, and records without their cent.
    findings: Vec<ReconciliationFinding>,
}

/// A cent without its record, or a record without its cent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReconciliationFinding {
    /// `payment_without_record`, `record_without_payment`, the same of a `refund` or
    /// `dispute`, `amount_differs`, or `payment_without_credits`: for a day already.
    #[schema(examples("payment_without_record"))]
    kind: String,
    /// What Stripe calls it.
    #[schema(examples("pi_3Pq9"))]
    provider_id: Option<String>,
    /// What it is here.
    #[schema(examples("purchase:7", "reversal:3"))]
    record: Option<String>,
    /// Dollars, as we have them.
    ours: Option<Decimal>,
    /// Dollars, as Stripe does.
    theirs: Option<Decimal>,
    #[schema(examples("USD"))]
    currency: Option<String>,
}

impl From<ReconciliationView> for Reconciliation {
    fn from(view: ReconciliationView) -> Self {
        let money = |cents: Option<i64>| cents.map(|cents| Cents::from_count(cents).into());
        let findings = view.findings.into_iter().map(|finding| ReconciliationFinding {
            kind: finding.kind,
            provider_id: finding.provider_id,
            record: finding.record,
            ours: money(finding.ours),
            theirs: money(finding.theirs),
            currency: finding.currency,
        });
        Self {
            at: Instant(view.of.at),
            since: Instant(view.of.since),
            movements: view.of.movements,
            records: view.of.records,
            healed_events: view.of.healed,
            findings: findings.collect(),
        }
    }
}
