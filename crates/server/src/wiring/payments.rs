//! Who takes payments, as the configuration says: never a key of the other mode
//! than the book's.

use anyhow::{Context as _, bail};
use app::Entropy;
use gateway::stripe::{KeyMode, Settings, Stripe};
use ledger::Mode;

use crate::config;

/// Stripe, if it takes this book's payments; or why it can't.
pub(super) fn stripe(
    config: Option<&config::Stripe>,
    mode: Mode,
    entropy: &Entropy,
) -> anyhow::Result<Option<Stripe>> {
    let Some(config) = config else { return Ok(None) };
    match (mode, config.mode) {
        (Mode::Test, KeyMode::Test) | (Mode::Live, KeyMode::Live) => {}
        (Mode::Test, KeyMode::Live) => {
            bail!("this is a test book and the Stripe key is a live one: use one that is sk_test_…")
        }
        (Mode::Live, KeyMode::Test) => {
            bail!("this is a live book and the Stripe key is a test one: use one that is sk_live_…")
        }
    }
    let settings = Settings {
        secret_key: config.secret_key.clone(),
        webhooks: config.webhooks.clone(),
        base: config.base.clone(),
        run: entropy.bytes(),
    };
    Stripe::new(settings).map(Some).context("Stripe can't be used")
}
