//! Whether a webhook is from Stripe: an HMAC-SHA-256 over the bytes that came
//! and the second they were sent at, scheme `v1`. This module must not know
//! what is in them.

use domain::Time;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// How far the sender's clock may be off, either way.
pub const TOLERANCE_SECONDS: i64 = 300;

/// The secrets that may have signed: the current one, and the one before it
/// while it is replaced.
#[derive(Clone, Debug)]
pub struct Secrets {
    current: SecretString,
    previous: Option<SecretString>,
}

/// Why a webhook is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// An empty secret proves nothing.
    #[error("a webhook secret is empty")]
    EmptySecret,
    /// No header, or none that can be read.
    #[error("the signature can't be read")]
    Unreadable,
    /// It was signed too long ago, or for later.
    #[error("the signature is not from now")]
    Stale,
    /// No secret of ours has signed these bytes.
    #[error("the signature is another's")]
    Forged,
}

impl Secrets {
    /// Of these secrets, neither of which may be empty.
    pub fn new(
        current: SecretString,
        previous: Option<SecretString>,
    ) -> Result<Self, SignatureError> {
        let is_empty = |secret: &SecretString| secret.expose_secret().trim().is_empty();
        if is_empty(&current) || previous.as_ref().is_some_and(is_empty) {
            return Err(SignatureError::EmptySecret);
        }
        Ok(Self { current, previous })
    }

    /// Whether these bytes were signed by one of the secrets, about now.
    pub fn verify(&self, header: &str, body: &[u8], now: Time) -> Result<(), SignatureError> {
        let Header { timestamp, signatures } = Header::parse(header)?;
        let signs = |secret: &SecretString| {
            let mac = mac(secret.expose_secret(), timestamp, body);
            // Each comparison takes the same time whatever differs.
            signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
        };
        let previous = self.previous.as_ref().is_some_and(signs);
        if !signs(&self.current) && !previous {
            return Err(SignatureError::Forged);
        }
        let sent = timestamp.parse::<i64>().map_err(|_| SignatureError::Unreadable)?;
        let seconds = now.micros().div_euclid(Time::SECOND);
        match seconds.checked_sub(sent).map(i64::unsigned_abs) {
            Some(off) if off <= TOLERANCE_SECONDS.unsigned_abs() => Ok(()),
            _ => Err(SignatureError::Stale),
        }
    }
}

/// What signs a webhook as Stripe does: for its doubles.
pub fn sign(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let mac = mac(secret, &timestamp.to_string(), body).finalize().into_bytes();
    format!("t={timestamp},v1={}", data_encoding::HEXLOWER.encode(&mac))
}

fn mac(secret: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let Ok(mac) = mac else { unreachable!("an HMAC takes a key of any length") };
    mac.chain_update(timestamp.as_bytes()).chain_update(b".").chain_update(body)
}

/// `t=1492774577,v1=5257a8…,v1=…,v0=…`
struct Header<'a> {
    timestamp: &'a str,
    signatures: Vec<Vec<u8>>,
}

impl<'a> Header<'a> {
    fn parse(text: &'a str) -> Result<Self, SignatureError> {
        let (mut timestamp, mut signatures) = (None, Vec::new());
        for part in text.split(',') {
            match part.trim().split_once('=') {
                Some(("t", seconds)) if timestamp.is_none() => timestamp = Some(seconds),
                Some(("v1", digits)) => {
                    signatures.extend(data_encoding::HEXLOWER.decode(digits.as_bytes()).ok());
                }
                _ => {}
            }
        }
        let plain = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let timestamp = timestamp.filter(plain).ok_or(SignatureError::Unreadable)?;
        if signatures.is_empty() {
            return Err(SignatureError::Unreadable);
        }
        Ok(Self { timestamp, signatures })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "an overflow fails a test")]

    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1","livemode":false}"#;
    const NOW: i64 = 1_795_435_200;

    fn secrets(current: &str, previous: Option<&str>) -> Secrets {
        Secrets::new(current.into(), previous.map(Into::into)).unwrap()
    }

    fn at(seconds: i64) -> Time {
        Time::from_micros(seconds * Time::SECOND)
    }

    #[test]
    fn the_signature_is_the_one_that_openssl_makes() {
        // printf '1492774577.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
        let made = sign("whsec_test", 1_492_774_577, br#"{"id":"evt_1"}"#);
        let known =
            "t=1492774577,v1=7656fc2882a7ca0a651666b36bf2f2f22ee204f54f608f227498a2419f2890b2";
        assert_eq!(made, known);
    }

    #[test]
    fn what_either_secret_signed_about_now_is_taken() {
        let both = secrets("whsec_new", Some("whsec_old"));
        for secret in ["whsec_new", "whsec_old"] {
            for off in [-300, 0, 300] {
                let header = sign(secret, NOW - off, BODY);
                assert_eq!(both.verify(&header, BODY, at(NOW)), Ok(()), "{secret} {off}");
            }
        }
        let (_, ours) = sign("whsec_new", NOW, BODY)
            .split_once(',')
            .map(|(t, s)| (t.to_owned(), s.to_owned()))
            .unwrap();
        let several = format!("t={NOW},v0=00,v1={},{ours}", "00".repeat(32));
        assert_eq!(both.verify(&several, BODY, at(NOW)), Ok(()), "while a secret is rolled");
    }

    #[test]
    fn what_nobody_of_ours_signed_is_forged() {
        let ours = secrets("whsec_ours", None);
        let header = sign("whsec_ours", NOW, BODY);
        let spaced = br#"{"id": "evt_1", "livemode": false}"#;
        for body in [&BODY[..BODY.len() - 1], b"", spaced] {
            assert_eq!(ours.verify(&header, body, at(NOW)), Err(SignatureError::Forged));
        }
        let theirs = sign("whsec_theirs", NOW, BODY);
        assert_eq!(ours.verify(&theirs, BODY, at(NOW)), Err(SignatureError::Forged));
        let moved = header.replace(&NOW.to_string(), &(NOW + 1).to_string());
        assert_eq!(ours.verify(&moved, BODY, at(NOW)), Err(SignatureError::Forged));
        let old = sign("whsec_old", NOW, BODY);
        assert_eq!(ours.verify(&old, BODY, at(NOW)), Err(SignatureError::Forged));
    }

    #[test]
    fn what_was_signed_long_ago_or_for_later_is_stale() {
        let ours = secrets("whsec_ours", None);
        for off in [-301, 301, 86_400, -86_400] {
            let header = sign("whsec_ours", NOW - off, BODY);
            let verified = ours.verify(&header, BODY, at(NOW));
            assert_eq!(verified, Err(SignatureError::Stale), "{off}");
        }
    }

    #[test]
    fn a_header_that_is_none_is_refused() {
        let ours = secrets("whsec_ours", None);
        let digits = "00".repeat(32);
        for header in [
            String::new(),
            "t=".to_owned(),
            format!("v1={digits}"),
            format!("t={NOW}"),
            format!("t={NOW},v0={digits}"),
            format!("t={NOW},v1=zz"),
            format!("t=-1,v1={digits}"),
            format!("t=now,v1={digits}"),
        ] {
            let verified = ours.verify(&header, BODY, at(NOW));
            assert_eq!(verified, Err(SignatureError::Unreadable), "{header}");
        }
    }

    #[test]
    fn an_empty_secret_signs_nothing() {
        for (current, previous) in [("", None), (" \n", None), ("whsec_a", Some(""))] {
            let made = Secrets::new(current.into(), previous.map(Into::into));
            assert_eq!(made.err(), Some(SignatureError::EmptySecret));
        }
    }
}
