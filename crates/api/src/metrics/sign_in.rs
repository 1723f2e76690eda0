//! How many passwords were held against a hash: what guessing costs us.

use app::App;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::counter::ConstCounter;

/// Reads the count for `/metrics`.
pub(super) struct SignInCollector(App);

impl SignInCollector {
    pub(super) const fn new(app: App) -> Self {
        Self(app)
    }
}

impl std::fmt::Debug for SignInCollector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInCollector")
    }
}

impl Collector for SignInCollector {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let (name, help) = ("password_evaluations", "Passwords held against a hash");
        let counter = ConstCounter::new(self.0.password_evaluations());
        counter.encode(to.encode_descriptor(name, help, None, counter.metric_type())?)
    }
}
