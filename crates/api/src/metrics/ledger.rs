//! The ledger's figures, read when they are asked for.

use app::ledger::{Ledger, Tally};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeMetric as _, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// Reads the ledger's health for `/metrics`.
pub(super) struct LedgerCollector(Ledger);

impl LedgerCollector {
    pub(super) const fn new(ledger: Ledger) -> Self {
        Self(ledger)
    }
}

impl std::fmt::Debug for LedgerCollector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LedgerCollector")
    }
}

impl Collector for LedgerCollector {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let health = self.0.health();
        let lag = health.head.number().saturating_sub(health.projected.number());
        let [waiting, wallets] =
            [health.waiting, health.wallets].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        for (name, help, value) in [
            ("ledger_head_seq", "The last record of the journal", health.head.number()),
            ("ledger_projection_lag_records", "Records not yet in the tables", lag),
            ("ledger_queue_length", "Commands that wait or are being decided", waiting),
            ("ledger_wallets_in_memory", "Wallets that need no read", wallets),
            ("ledger_stopped", "1 once the ledger stopped", i64::from(health.stopped.is_some())),
            ("ledger_clock_jump", "1 while the clock waits", i64::from(health.clock.is_err())),
        ] {
            let gauge = ConstGauge::new(value);
            gauge.encode(to.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        for (name, help, value) in [
            ("ledger_records", "Records appended since the start", health.records),
            (
                "ledger_commits",
                "Commits since the start: records / commits is the mean batch",
                health.commits,
            ),
        ] {
            let counter = ConstCounter::new(value);
            counter.encode(to.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        let commits = self.0.commits();
        let help = "Commits by how many records they appended";
        encode(&commits.records, to.encode_descriptor("ledger_commit_records", help, None, KIND)?)?;
        let help = "Commits by their time, from the transaction's beginning to its end";
        let seconds = Some(&Unit::Seconds);
        encode(&commits.seconds, to.encode_descriptor("ledger_commit", help, seconds, KIND)?)
    }
}

const KIND: MetricType = MetricType::Histogram;

fn encode(tally: &Tally, mut to: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
    to.encode_histogram::<NoLabelSet>(tally.sum, tally.count, &tally.buckets, None)
}
