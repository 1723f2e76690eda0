//! Stripe: a small client of the endpoints that are needed, by a pinned version
//! of the API. Every change carries an idempotency key, so that it is made once
//! however often it is sent.
//!
//! This module must not know what a purchase or a grant is.

mod billing;
mod card_setups;
mod catalogue;
mod charges;
mod collection;
mod customers;
mod error;
mod events;
mod form;
mod http;
mod invoice;
mod objects;
mod payments;
mod refunds;
mod reports;
mod signature;
mod subscription;

use secrecy::{ExposeSecret as _, SecretString};

use http::Http;

pub use catalogue::{MonthlyPrice, ProductTerms};
pub use error::{Decline, StripeError};
pub use events::{Hint, HintError, Subject};
pub use http::API_VERSION;
pub use reports::{MovedMoney, Movement};
pub use signature::{Secrets, SignatureError, TOLERANCE_SECONDS, sign};

/// Where Stripe is.
pub const API_BASE: &str = "https://api.stripe.com";

/// How Stripe is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The secret key: `sk_test_…` or `sk_live_…`, or a restricted one, `rk_…`.
    pub secret_key: SecretString,
    /// What signs webhooks.
    pub webhooks: Secrets,
    /// Where it is, without a path.
    pub base: String,
    /// Random: it tells this run's calls from another's.
    pub run: [u8; 16],
}

/// Whether a key moves money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyMode {
    /// It does not.
    Test,
    /// It does.
    Live,
}

impl KeyMode {
    /// What a secret key says of itself.
    pub fn of(secret: &SecretString) -> Option<Self> {
        let (kind, rest) = secret.expose_secret().split_once('_')?;
        let mode = match rest.split_once('_')? {
            ("test", rest) if !rest.is_empty() => Self::Test,
            ("live", rest) if !rest.is_empty() => Self::Live,
            _ => return None,
        };
        ["sk", "rk"].contains(&kind).then_some(mode)
    }
}

/// Stripe, as one account sees it. Clones share the connection.
#[derive(Clone, Debug)]
pub struct Stripe {
    http: Http,
    webhooks: Secrets,
    is_live: bool,
}

impl Stripe {
    /// Reaches it as the settings say; nothing is asked yet.
    pub fn new(settings: Settings) -> Result<Self, StripeError> {
        let Settings { secret_key, webhooks, base, run } = settings;
        let is_live = match KeyMode::of(&secret_key) {
            Some(mode) => mode == KeyMode::Live,
            None => return Err(StripeError::Unauthenticated),
        };
        Ok(Self { http: Http::new(&base, secret_key, run)?, webhooks, is_live })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_whether_it_moves_money() {
        for (key, mode) in [
            ("sk_test_a", Some(KeyMode::Test)),
            ("rk_live_a", Some(KeyMode::Live)),
            ("sk_live_a_b", Some(KeyMode::Live)),
            ("pk_test_a", None),
            ("sk_test_", None),
            ("sk_prod_a", None),
            ("whsec_a", None),
            ("", None),
        ] {
            assert_eq!(KeyMode::of(&key.into()), mode, "{key}");
        }
    }
}
