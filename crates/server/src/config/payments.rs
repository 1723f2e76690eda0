//! `[payments]`: who takes them.

use gateway::stripe::{API_BASE, KeyMode, Secrets};
use secrecy::{ExposeSecret as _, SecretString};

use super::setting::{Kind, Setting};
use super::values::Values;

const SECRET_KEY: Setting = Setting {
    key: "payments.stripe_secret_key",
    kind: Kind::Secret,
    default: None,
    about: "Stripe's secret key: sk_test_… for a test book, sk_live_… for a live one, or a\n\
            restricted one, rk_…. Without it a test book has its built-in gateway and a\n\
            live one takes no payments.",
};

const WEBHOOK_SECRET: Setting = Setting {
    key: "payments.stripe_webhook_secret",
    kind: Kind::Secret,
    default: None,
    about: "What Stripe signs the events with that it posts to /api/stripe/webhook.",
};

const WEBHOOK_SECRET_PREVIOUS: Setting = Setting {
    key: "payments.stripe_webhook_secret_previous",
    kind: Kind::Secret,
    default: None,
    about: "The one before it, while the two are exchanged.",
};

const BASE: Setting = Setting {
    key: "payments.stripe_api_base",
    kind: Kind::Text,
    default: Some(API_BASE),
    about: "Where Stripe is; somewhere else only to try things out with a double of it.",
};

/// The settings of this section.
pub(super) const SETTINGS: [&Setting; 4] =
    [&SECRET_KEY, &WEBHOOK_SECRET, &WEBHOOK_SECRET_PREVIOUS, &BASE];

/// Who takes payments.
pub(crate) struct Stripe {
    /// The secret key.
    pub(crate) secret_key: SecretString,
    /// Whether it moves money.
    pub(crate) mode: KeyMode,
    /// What events are signed with.
    pub(crate) webhooks: Secrets,
    /// Where it is.
    pub(crate) base: String,
}

impl Stripe {
    /// The outer `None` is a problem.
    #[expect(clippy::option_option, reason = "absent and wrong are two things")]
    pub(super) fn read(values: &mut Values) -> Option<Option<Self>> {
        let key = values.optional(&SECRET_KEY, secret_key);
        let webhook = values.optional(&WEBHOOK_SECRET, webhook_secret);
        let previous = values.optional(&WEBHOOK_SECRET_PREVIOUS, webhook_secret);
        let base = values.get(&BASE, base);
        let (key, webhook, previous, base) = (key?, webhook?, previous?, base?);
        match (key, webhook) {
            (Some((secret_key, mode)), Some(webhook)) => {
                let webhooks = Secrets::new(webhook, previous).ok()?;
                Some(Some(Self { secret_key, mode, webhooks, base }))
            }
            (None, None) if previous.is_none() => Some(None),
            _ => {
                let (key, webhook) = (SECRET_KEY.key, WEBHOOK_SECRET.key);
                values.refuse(format!("`{key}` and `{webhook}` need each other"));
                None
            }
        }
    }
}

fn secret_key(text: &str) -> Result<(SecretString, KeyMode), String> {
    let secret = SecretString::from(text.trim());
    let mode = KeyMode::of(&secret);
    let mode = mode.ok_or("must be a secret key of Stripe's, such as sk_test_…")?;
    Ok((secret, mode))
}

fn webhook_secret(text: &str) -> Result<SecretString, String> {
    let secret = SecretString::from(text.trim());
    if secret.expose_secret().is_empty() {
        return Err("must not be empty: an empty secret proves nothing".into());
    }
    Ok(secret)
}

/// A key goes over TLS, or stays on this machine.
fn base(text: &str) -> Result<String, String> {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let is_local = local.iter().any(|local| {
        let port = |rest: &str| rest.strip_prefix(':').is_some_and(|it| it.parse::<u16>().is_ok());
        text.strip_prefix(local).is_some_and(|rest| rest.is_empty() || port(rest))
    });
    let is_host = |rest: &str| !rest.is_empty() && !rest.contains('@');
    let is_tls = text.strip_prefix("https://").is_some_and(is_host);
    if is_local || is_tls {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    Err("must be https://HOST, or http://127.0.0.1:PORT".into())
}
