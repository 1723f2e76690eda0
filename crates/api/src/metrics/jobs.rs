//! The figures of jobs, read when they are asked for.

use app::App;
use app::jobs::JobFigures;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// Reads what jobs came to for `/metrics`.
pub(super) struct JobsCollector(App);

impl JobsCollector {
    pub(super) const fn new(app: App) -> Self {
        Self(app)
    }
}

impl std::fmt::Debug for JobsCollector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JobsCollector")
    }
}

impl Collector for JobsCollector {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let JobFigures { runs, seconds, running, backlog } = self.0.job_figures();
        for (name, help, value) in [
            ("jobs_due", "Jobs that are due, on all servers", backlog.due),
            ("jobs_failed", "Jobs that were given up, on all servers", backlog.failed),
            ("jobs_running", "Jobs that this server does", running),
            ("jobs_late_seconds", "How long the first is due", backlog.late / 1_000_000),
        ] {
            let gauge = ConstGauge::new(value);
            gauge.encode(to.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        let help = "Runs that ended since the start, by job and by how";
        let mut counted = to.encode_descriptor("job_runs", help, None, MetricType::Counter)?;
        for ((job, how), count) in runs {
            let labels = [("job", job), ("outcome", how)];
            let counter = ConstCounter::new(count);
            counter.encode(counted.encode_family(&labels)?)?;
        }
        let help = "Runs by their time";
        let unit = Some(&Unit::Seconds);
        let mut timed = to.encode_descriptor("job_run", help, unit, MetricType::Histogram)?;
        timed.encode_histogram::<NoLabelSet>(seconds.sum, seconds.count, &seconds.buckets, None)
    }
}
