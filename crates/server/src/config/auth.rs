//! `[auth]`: how people sign in, and `[auth.issuer]`: whose tokens are taken
//! beside our own.

use std::path::PathBuf;

use app::Registration;
use secrecy::SecretString;

use super::number_between;
use super::setting::{Kind, Setting};
use super::values::Values;

const REGISTRATION: Setting = Setting {
    key: "auth.registration",
    kind: Kind::Text,
    default: None,
    about: "Whether people may make accounts themselves: open or closed.\n\
            If absent, open in a test book and closed in a live one.",
};

const SESSION_DAYS: Setting = Setting {
    key: "auth.session_days",
    kind: Kind::Number,
    default: Some("30"),
    about: "Days until a session ends, however it is used.",
};

const SESSION_IDLE_DAYS: Setting = Setting {
    key: "auth.session_idle_days",
    kind: Kind::Number,
    default: Some("7"),
    about: "Days until a session ends that is not used.",
};

const ISSUER: Setting = Setting {
    key: "auth.issuer.issuer",
    kind: Kind::Text,
    default: None,
    about: "The platform's own tokens: who they must be issued by (`iss`); anyone if absent.\n\
            The variables of this section begin with CREDITS_ISSUER_.",
};

const AUDIENCE: Setting = Setting {
    key: "auth.issuer.audience",
    kind: Kind::Text,
    default: None,
    about: "Whom they must be meant for (`aud`); anyone if absent.",
};

const SECRET: Setting = Setting {
    key: "auth.issuer.secret",
    kind: Kind::Secret,
    default: None,
    about: "The secret that HS256 tokens are signed with, at least 32 bytes. Without it\n\
            and without jwks_file no tokens are taken.",
};

const JWKS_FILE: Setting = Setting {
    key: "auth.issuer.jwks_file",
    kind: Kind::Text,
    default: None,
    about: "A file with the JSON Web Key Set that RS256 and EdDSA tokens are checked by.",
};

/// The settings of these sections.
pub(super) const SETTINGS: [&Setting; 7] =
    [&REGISTRATION, &SESSION_DAYS, &SESSION_IDLE_DAYS, &ISSUER, &AUDIENCE, &SECRET, &JWKS_FILE];

/// The fewest bytes of a secret, RFC 7518.
const SECRET_BYTES_MIN: usize = 32;

/// How people sign in.
pub(crate) struct Auth {
    /// Whether they make accounts themselves.
    pub(crate) registration: Option<Registration>,
    /// Days a session lasts.
    pub(crate) session_days: i64,
    /// Days it lasts unused.
    pub(crate) session_idle_days: i64,
    /// Whose tokens are taken.
    pub(crate) issuer: Option<IssuerTokens>,
}

/// Whose tokens are taken.
pub(crate) struct IssuerTokens {
    /// What `iss` must be.
    pub(crate) issuer: Option<String>,
    /// What `aud` must hold.
    pub(crate) audience: Option<String>,
    /// What they are signed with.
    pub(crate) keys: TokenKeys,
}

/// What tokens are signed with.
pub(crate) enum TokenKeys {
    /// A secret.
    Secret(SecretString),
    /// The keys in a file.
    File(PathBuf),
}

impl Auth {
    pub(super) fn read(values: &mut Values) -> Option<Self> {
        let registration = values.optional(&REGISTRATION, registration);
        let session_days = values.get(&SESSION_DAYS, number_between(1, 365));
        let session_idle_days = values.get(&SESSION_IDLE_DAYS, number_between(1, 365));
        let issuer = IssuerTokens::read(values);
        Some(Self {
            registration: registration?,
            session_days: session_days?,
            session_idle_days: session_idle_days?,
            issuer: issuer?,
        })
    }
}

impl IssuerTokens {
    /// The outer `None` is a problem.
    #[expect(clippy::option_option, reason = "absent and wrong are two things")]
    fn read(values: &mut Values) -> Option<Option<Self>> {
        let issuer = values.optional(&ISSUER, something);
        let audience = values.optional(&AUDIENCE, something);
        let secret = values.optional(&SECRET, secret);
        let file = values.optional(&JWKS_FILE, something);
        let (issuer, audience) = (issuer?, audience?);
        let keys = match (secret?, file?) {
            (Some(secret), None) => TokenKeys::Secret(secret),
            (None, Some(path)) => TokenKeys::File(path.into()),
            (None, None) if issuer.is_none() && audience.is_none() => return Some(None),
            (None, None) => {
                let (secret, file) = (SECRET.key, JWKS_FILE.key);
                values.refuse(format!("`[auth.issuer]` needs `{secret}` or `{file}`"));
                return None;
            }
            (Some(_), Some(_)) => {
                let (secret, file) = (SECRET.key, JWKS_FILE.key);
                values.refuse(format!("`{secret}` and `{file}` exclude each other"));
                return None;
            }
        };
        Some(Some(Self { issuer, audience, keys }))
    }
}

fn registration(text: &str) -> Result<Registration, String> {
    match text {
        "open" => Ok(Registration::Open),
        "closed" => Ok(Registration::Closed),
        _ => Err("must be open or closed".into()),
    }
}

fn something(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("must not be empty".into()) } else { Ok(text.to_owned()) }
}

fn secret(text: &str) -> Result<SecretString, String> {
    if text.len() < SECRET_BYTES_MIN {
        return Err(format!("must have at least {SECRET_BYTES_MIN} bytes"));
    }
    Ok(text.into())
}
