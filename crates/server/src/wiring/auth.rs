//! How people sign in, as the configuration says; the issuer's keys are read
//! here.

use std::fs;

use anyhow::Context as _;
use app::{Auth, IssuerKeys, IssuerSettings, SessionLife};
use ledger::Time;

use crate::config::{self, IssuerTokens, TokenKeys};

/// How people sign in, or why the issuer can't be trusted.
pub(super) fn auth(config: &config::Auth) -> anyhow::Result<Auth> {
    let issuer = config.issuer.as_ref().map(issuer).transpose()?;
    Ok(Auth {
        registration: config.registration,
        sessions: SessionLife {
            whole_us: config.session_days.saturating_mul(Time::DAY),
            idle_us: config.session_idle_days.saturating_mul(Time::DAY),
        },
        issuer,
        ..Auth::default()
    })
}

fn issuer(config: &IssuerTokens) -> anyhow::Result<app::Issuer> {
    let keys = match &config.keys {
        TokenKeys::Secret(secret) => IssuerKeys::Secret(secret.clone()),
        TokenKeys::File(path) => {
            let set = fs::read_to_string(path);
            let set = set.with_context(|| format!("{} can't be read", path.display()));
            IssuerKeys::Jwks(set.context("`auth.issuer.jwks_file`")?)
        }
    };
    let settings =
        IssuerSettings { issuer: config.issuer.clone(), audience: config.audience.clone(), keys };
    app::Issuer::new(&settings).context("`[auth.issuer]` can't be used")
}
