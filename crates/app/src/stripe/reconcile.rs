//! The daily reconciliation: every cent of Stripe's has its record here, and
//! every record its cent there. What was never told is found by the way and
//! looked at; what stays apart is kept for people to see to.

use domain::Time;
use store::reconciliations::{self, Finding, Reconciliation};
use store::stripe_events;

use super::movements::Seen;
use super::records::Records;
use crate::App;
use crate::callers::Caller;
use crate::error::Error;

/// How far back it looks: three runs see the same cent.
const BACK_US: i64 = 3 * Time::DAY;

/// What a comparison came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconciliationView {
    /// But for its findings.
    pub of: Reconciliation,
    /// Cents without records, and records without cents.
    pub findings: Vec<Finding>,
}

impl App {
    /// Compares our records with Stripe's cents, and keeps what it came to.
    pub async fn reconcile_stripe(&self) -> Result<ReconciliationView, Error> {
        let now = self.ledger().time()?;
        let since = self.parts.time.wall().plus(-BACK_US);
        let healed = self.heal_events(since).await?;
        let moved = self.parts.payments.moved_since(since).await?;
        let (mut findings, mut seen) = (Vec::new(), Seen::default());
        for money in &moved {
            findings.extend(self.compare_movement(money, &mut seen).await?);
        }
        let back = now.plus(-BACK_US);
        let mut records = 0_i64;
        for which in [Records::Purchases, Records::Periods, Records::Reversals] {
            let compared = self.compare_records(which, (back, &seen), &mut findings).await?;
            records = records.saturating_add(compared);
        }
        let movements = i64::try_from(moved.len()).map_err(Error::internal)?;
        let of = Reconciliation { at: now, since, movements, records, healed };
        let view = ReconciliationView { of, findings };
        self.keep_reconciliation(view.clone()).await?;
        if !view.findings.is_empty() {
            tracing::error!(findings = view.findings.len(), "stripe.not_reconciled");
        }
        Ok(view)
    }

    /// What the last comparison came to.
    pub async fn last_reconciliation(&self, caller: &Caller) -> Result<ReconciliationView, Error> {
        if !caller.oversees() {
            return Err(Error::Forbidden);
        }
        let read = self.read(|tx| {
            Box::pin(async move {
                let Some((id, of)) = tx.opt(reconciliations::latest()).await? else {
                    return Ok(None);
                };
                let findings = tx.all(reconciliations::findings(id)).await?;
                Ok(Some(ReconciliationView { of, findings }))
            })
        });
        read.await?.ok_or(Error::NotFound)
    }

    /// Has events looked at that never came; how many. What can't be done now is
    /// done by the job of it.
    async fn heal_events(&self, since: Time) -> Result<i64, Error> {
        let mut healed = 0_i64;
        for hint in self.parts.payments.events_since(since).await? {
            if self.opt(stripe_events::find(&hint.id)).await?.is_some() {
                continue;
            }
            self.keep_hint(&hint).await?;
            healed = healed.saturating_add(1);
            let Some(subject) = &hint.subject else { continue };
            if let Err(error) = self.look_at(subject).await {
                tracing::warn!(%error, event = hint.id, "stripe.not_looked_at");
            }
        }
        Ok(healed)
    }

    async fn keep_reconciliation(&self, view: ReconciliationView) -> Result<(), Error> {
        self.write(move |tx| {
            Box::pin(async move {
                let id = tx.one(reconciliations::insert(&view.of)).await?;
                for (ordinal, finding) in (1_i64..).zip(&view.findings) {
                    let insert = reconciliations::insert_finding(id, ordinal, finding);
                    tx.exec(insert).await?.expect_one()?;
                }
                Ok(())
            })
        })
        .await
    }
}
