//! Tokens of the platform's own issuer: who somebody is there, vouched for by a
//! signature. What they may do here is never the token's to say.
//!
//! The algorithm is the configured key's: what a token says of itself only has
//! to agree. This module must not know users, nor read a clock.

use domain::{Email, Text, Time};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Number, Value};

/// How far the issuer's clock may be off ours, in seconds.
const LEEWAY_S: i64 = 60;

/// A key of HS256 has as many bytes as its digest, RFC 7518.
const SECRET_BYTES_MIN: usize = 32;

/// Whose tokens are taken, and by which keys.
#[derive(Clone, Debug)]
pub struct IssuerSettings {
    /// `iss` of every token, if it is looked at.
    pub issuer: Option<String>,
    /// What `aud` of every token holds, if it is looked at.
    pub audience: Option<String>,
    /// What tokens are signed with.
    pub keys: IssuerKeys,
}

/// What tokens are signed with.
#[derive(Clone, Debug)]
pub enum IssuerKeys {
    /// HS256 with a secret that both sides know.
    Secret(SecretString),
    /// RS256 and EdDSA with the keys of a JSON Web Key Set.
    Jwks(String),
}

/// Why no issuer can be trusted by these settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// It could be guessed.
    #[error("the issuer's secret is shorter than {SECRET_BYTES_MIN} bytes")]
    ShortSecret,
    /// Something else.
    #[error("the issuer's keys are not a JSON Web Key Set")]
    NotAKeySet,
    /// None of them is of a kind that is taken.
    #[error("the issuer's key set has no key for RS256 or EdDSA")]
    NoKey,
}

/// An issuer that is trusted.
#[derive(Clone)]
pub struct Issuer {
    keys: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    id: Option<String>,
    decoding: DecodingKey,
    validation: Validation,
}

/// Who somebody is to the issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) external_id: Text,
    pub(crate) email: Option<Email>,
    pub(crate) name: Option<Text>,
}

#[derive(Deserialize)]
struct Claims {
    exp: Option<Number>,
    nbf: Option<Number>,
    user_id: Option<Value>,
    sub: Option<Value>,
    email: Option<Value>,
    name: Option<Value>,
}

impl Issuer {
    /// Takes over the keys, or says why they are none.
    pub fn new(settings: &IssuerSettings) -> Result<Self, IssuerError> {
        let keys = match &settings.keys {
            IssuerKeys::Secret(secret) => vec![shared(secret)?],
            IssuerKeys::Jwks(json) => published(json)?,
        };
        let keys = keys.into_iter().map(|(id, algorithm, decoding)| {
            let validation = validation(algorithm, settings);
            Key { id, decoding, validation }
        });
        Ok(Self { keys: keys.collect() })
    }

    /// Who the bearer is, if the token is one of this issuer's and of now.
    pub(crate) fn verify(&self, token: &SecretString, now: Time) -> Option<Identity> {
        let token = token.expose_secret();
        let key = self.key_of(decode_header(token).ok()?.kid.as_deref())?;
        let claims = decode::<Claims>(token, &key.decoding, &key.validation).ok()?.claims;
        claims.hold_at(now.micros() / Time::SECOND).then(|| claims.identity())?
    }

    /// The key of that id. A token that names none means the only one.
    fn key_of(&self, id: Option<&str>) -> Option<&Key> {
        match (id, self.keys.as_slice()) {
            (_, [only]) if only.id.is_none() || id.is_none() => Some(only),
            (Some(id), keys) => keys.iter().find(|key| key.id.as_deref() == Some(id)),
            (None, _) => None,
        }
    }
}

impl Claims {
    fn hold_at(&self, now_s: i64) -> bool {
        let Some(expires) = self.exp.as_ref().and_then(seconds) else { return false };
        let begun = match &self.nbf {
            Some(from) => seconds(from).is_some_and(|from| from <= now_s.saturating_add(LEEWAY_S)),
            None => true,
        };
        begun && now_s < expires.saturating_add(LEEWAY_S)
    }

    fn identity(&self) -> Option<Identity> {
        let external_id = match self.user_id.as_ref().or(self.sub.as_ref())? {
            Value::String(text) => domain::line(text).ok()?,
            Value::Number(number) if !number.is_f64() => Text::parse(&number.to_string()).ok()?,
            _ => return None,
        };
        let text = |value: &Option<Value>| value.as_ref()?.as_str().map(str::to_owned);
        let email = text(&self.email).and_then(|email| Email::parse(&email).ok());
        let name = text(&self.name).and_then(|name| domain::line(&name).ok());
        Some(Identity { external_id, email, name })
    }
}

/// Whole seconds of a NumericDate, which may have decimals.
fn seconds(number: &Number) -> Option<i64> {
    number.to_string().split('.').next()?.parse().ok()
}

type Found = (Option<String>, Algorithm, DecodingKey);

fn shared(secret: &SecretString) -> Result<Found, IssuerError> {
    let secret = secret.expose_secret().as_bytes();
    if secret.len() < SECRET_BYTES_MIN {
        return Err(IssuerError::ShortSecret);
    }
    Ok((None, Algorithm::HS256, DecodingKey::from_secret(secret)))
}

fn published(json: &str) -> Result<Vec<Found>, IssuerError> {
    let set: JwkSet = serde_json::from_str(json).map_err(|_| IssuerError::NotAKeySet)?;
    let keys = set.keys.iter().filter_map(|jwk| {
        let key = DecodingKey::from_jwk(jwk).ok()?;
        Some((jwk.common.key_id.clone(), algorithm(jwk)?, key))
    });
    let keys: Vec<_> = keys.collect();
    if keys.is_empty() { Err(IssuerError::NoKey) } else { Ok(keys) }
}

/// What a published key signs with, if it is one that is taken.
fn algorithm(jwk: &Jwk) -> Option<Algorithm> {
    match (&jwk.algorithm, jwk.common.key_algorithm) {
        (AlgorithmParameters::RSA(_), None | Some(KeyAlgorithm::RS256)) => Some(Algorithm::RS256),
        (AlgorithmParameters::OctetKeyPair(pair), None | Some(KeyAlgorithm::EdDSA))
            if pair.curve == EllipticCurve::Ed25519 =>
        {
            Some(Algorithm::EdDSA)
        }
        _ => None,
    }
}

fn validation(algorithm: Algorithm, settings: &IssuerSettings) -> Validation {
    let mut validation = Validation::new(algorithm);
    // The library reads the machine's clock; ours is a parameter.
    validation.validate_exp = false;
    validation.validate_aud = settings.audience.is_some();
    if let Some(issuer) = &settings.issuer {
        validation.set_issuer(&[issuer]);
        validation.required_spec_claims.insert("iss".to_owned());
    }
    if let Some(audience) = &settings.audience {
        validation.set_audience(&[audience]);
        validation.required_spec_claims.insert("aud".to_owned());
    }
    validation
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issuer")
    }
}
