//! Tokens of the platform's own issuer: what is taken, what never is, and that
//! a token says who somebody is and never what they may do.

use std::sync::LazyLock;

use app::{Auth, Issuer, IssuerKeys, IssuerSettings};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use data_encoding::BASE64URL_NOPAD;
use domain::{Role, Status, Time};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use testkit::{NOON, TestApp, TestBook};

const SECRET: &str = "a secret that both sides know, and long";

/// A key of this run, as a PEM file has it.
static RSA: LazyLock<String> = LazyLock::new(|| {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let base64 = data_encoding::BASE64.encode(der.as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n")
});

/// An Ed25519 key in PKCS #8: what comes before its seed.
const PKCS8_OF_ED25519: &str = "302e020100300506032b657004220420";

fn ed25519(seed: u8) -> EncodingKey {
    let mut der = data_encoding::HEXLOWER.decode(PKCS8_OF_ED25519.as_bytes()).unwrap();
    der.extend([seed; 32]);
    EncodingKey::from_ed_der(&der)
}

fn rsa() -> EncodingKey {
    EncodingKey::from_rsa_pem(RSA.as_bytes()).unwrap()
}

fn settings(keys: IssuerKeys) -> IssuerSettings {
    let issuer = Some("https://platform.example".to_owned());
    IssuerSettings { issuer, audience: Some("credits".to_owned()), keys }
}

fn shared() -> IssuerSettings {
    settings(IssuerKeys::Secret(SECRET.into()))
}

/// A key set with an RSA and an Ed25519 key.
fn published() -> IssuerSettings {
    let jwk = |key: &EncodingKey, algorithm, id: &str| {
        let mut jwk = Jwk::from_encoding_key(key, algorithm).unwrap();
        jwk.common.key_id = Some(id.to_owned());
        jwk
    };
    let keys = vec![jwk(&rsa(), Algorithm::RS256, "rsa"), jwk(&ed25519(7), Algorithm::EdDSA, "ed")];
    settings(IssuerKeys::Jwks(serde_json::to_string(&JwkSet { keys }).unwrap()))
}

async fn start(settings: IssuerSettings) -> TestApp {
    let issuer = Some(Issuer::new(&settings).unwrap());
    let auth = Auth { issuer, ..TestBook::default().auth };
    TestApp::start_with(TestBook { auth, ..TestBook::default() }).await
}

fn noon() -> i64 {
    NOON.micros() / Time::SECOND
}

/// Claims that are right for an hour, with others in their place.
fn claims(others: Value) -> Value {
    let mut claims = json!({
        "iss": "https://platform.example",
        "aud": "credits",
        "exp": noon() + 3_600,
        "sub": "u-1815",
        "email": "ada@example.com",
        "name": "Ada",
    });
    let Value::Object(others) = others else { panic!("no claims: {others}") };
    claims.as_object_mut().unwrap().extend(others);
    claims
}

/// Those claims without one.
fn without(name: &str) -> Value {
    let mut claims = claims(json!({}));
    claims.as_object_mut().unwrap().remove(name).unwrap();
    claims
}

fn hs256(claims: &Value) -> String {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
}

fn signed(algorithm: Algorithm, id: Option<&str>, key: &EncodingKey) -> String {
    let header = Header { kid: id.map(str::to_owned), ..Header::new(algorithm) };
    encode(&header, &claims(json!({})), key).unwrap()
}

/// A token whose header says what it likes.
fn forged(header: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let claims = part(&claims(json!({})));
    format!("{}.{claims}.{}", part(header), BASE64URL_NOPAD.encode(signature))
}

async fn status(app: &TestApp, token: &str) -> u16 {
    app.get("/api/auth/me").by(token).send().await.status()
}

#[tokio::test]
async fn a_token_of_the_platform_makes_a_customer_once_and_finds_them_again() {
    let app = start(shared()).await;
    let first = app.get("/api/auth/me").by(&hs256(&claims(json!({})))).send().await;
    let other = hs256(&claims(json!({"exp": noon() + 60, "email": "else@example.com"})));
    let again = app.get("/api/auth/me").by(&other).send().await;
    assert_eq!(again.body(), first.body(), "the address is the stored user's");
    let balance = app.get("/api/credits/balance").by(&other).send().await;
    assert_eq!(balance.status(), 200, "{balance}");
    insta::assert_snapshot!(first);
}

#[tokio::test]
async fn ids_are_texts_or_whole_numbers_and_user_id_comes_first() {
    let app = start(shared()).await;
    for (claim, external_id) in [
        (json!({"user_id": 42, "email": "a@example.com"}), Some("42")),
        (json!({"user_id": "u-2", "email": "b@example.com"}), Some("u-2")),
        (json!({"sub": 43, "email": "c@example.com"}), Some("43")),
        (json!({"sub": 1.5, "email": "d@example.com"}), None),
        (json!({"sub": "", "email": "e@example.com"}), None),
        (json!({"sub": true, "email": "f@example.com"}), None),
        (json!({"user_id": ["u-3"], "email": "g@example.com"}), None),
        (json!({"sub": "a\0b", "email": "h@example.com"}), None),
    ] {
        let expected = if external_id.is_some() { 200 } else { 401 };
        assert_eq!(status(&app, &hs256(&claims(claim.clone()))).await, expected, "{claim}");
        if let Some(id) = external_id {
            let found = app.get("/api/admin/users").and_query(&format!("external_id={id}"));
            assert_eq!(found.send().await.json()["total_count"], 1, "{claim}");
        }
    }
}

#[tokio::test]
async fn times_issuer_and_audience_must_fit() {
    let app = start(shared()).await;
    let now = noon();
    for (claims, expected) in [
        (claims(json!({"exp": now - 59})), 200),
        (claims(json!({"exp": now - 60})), 401),
        (claims(json!({"exp": "soon"})), 401),
        (without("exp"), 401),
        (claims(json!({"nbf": now + 60})), 200),
        (claims(json!({"nbf": now + 61})), 401),
        (claims(json!({"nbf": "now"})), 401),
        (claims(json!({"iss": "https://evil.example"})), 401),
        (claims(json!({"iss": 1})), 401),
        (without("iss"), 401),
        (claims(json!({"aud": "others"})), 401),
        (claims(json!({"aud": ["others", "credits"]})), 200),
        (claims(json!({"aud": []})), 401),
        (without("aud"), 401),
        (without("sub"), 401),
        (without("name"), 200),
    ] {
        assert_eq!(status(&app, &hs256(&claims)).await, expected, "{claims}");
    }
}

#[tokio::test]
async fn a_token_is_believed_no_longer_than_it_says() {
    let app = start(shared()).await;
    let token = hs256(&claims(json!({})));
    assert_eq!(status(&app, &token).await, 200);
    app.hands().pass(3_659 * Time::SECOND);
    assert_eq!(status(&app, &token).await, 200);
    app.hands().pass(Time::SECOND);
    assert_eq!(status(&app, &token).await, 401);
}

#[tokio::test]
async fn keys_of_a_set_are_found_by_their_id() {
    let app = start(published()).await;
    for (algorithm, id, key, expected) in [
        (Algorithm::RS256, Some("rsa"), rsa(), 200),
        (Algorithm::EdDSA, Some("ed"), ed25519(7), 200),
        (Algorithm::EdDSA, Some("rsa"), ed25519(7), 401),
        (Algorithm::EdDSA, Some("ed"), ed25519(8), 401),
        (Algorithm::EdDSA, Some("other"), ed25519(7), 401),
        (Algorithm::EdDSA, None, ed25519(7), 401),
        (Algorithm::RS512, Some("rsa"), rsa(), 401),
        (Algorithm::PS256, Some("rsa"), rsa(), 401),
    ] {
        let token = signed(algorithm, id, &key);
        assert_eq!(status(&app, &token).await, expected, "{algorithm:?} {id:?}");
    }
}

#[tokio::test]
async fn the_algorithm_is_the_keys_and_never_the_tokens_word() {
    let app = start(published()).await;
    let IssuerKeys::Jwks(set) = published().keys else { panic!("keys") };
    let set: JwkSet = serde_json::from_str(&set).unwrap();
    let modulus = serde_json::to_value(set.find("rsa")).unwrap()["n"].as_str().unwrap().to_owned();
    let public = serde_json::to_string(set.find("rsa").unwrap()).unwrap();
    // What everybody knows of the RSA key, taken for the secret of an HMAC.
    for secret in [modulus.as_bytes(), public.as_bytes(), RSA.as_bytes()] {
        let token = signed(Algorithm::HS256, Some("rsa"), &EncodingKey::from_secret(secret));
        assert_eq!(status(&app, &token).await, 401);
    }
    for alg in ["none", "None", "NONE", "", "HS256"] {
        for id in ["rsa", "ed"] {
            let header = json!({"alg": alg, "typ": "JWT", "kid": id});
            for signature in [&b""[..], b"x"] {
                assert_eq!(status(&app, &forged(&header, signature)).await, 401, "{alg} {id}");
            }
        }
    }
    let shared = start(shared()).await;
    for alg in ["none", "RS256", "EdDSA", "HS512"] {
        let header = json!({"alg": alg, "typ": "JWT"});
        assert_eq!(status(&shared, &forged(&header, b"")).await, 401, "{alg}");
    }
    let wrong = EncodingKey::from_secret(b"another secret, and just as long as it");
    assert_eq!(status(&shared, &signed(Algorithm::HS256, None, &wrong)).await, 401);
}

#[tokio::test]
async fn no_token_makes_anybody_more_than_they_are_stored_as() {
    let app = start(shared()).await;
    let boasting = json!({"role": "admin", "is_admin": true, "scopes": ["admin"]});
    let token = hs256(&claims(boasting));
    let me = app.get("/api/auth/me").by(&token).send().await;
    assert_eq!(me.text("/role"), "customer");
    assert_eq!(app.get("/api/admin/users").by(&token).send().await.status(), 403);
    let path = format!("/api/admin/users/{}", me.json()["id"]);
    app.patch(&path).json(r#"{"role":"admin"}"#).send().await;
    app.hands().pass(Time::SECOND);
    assert_eq!(app.get("/api/admin/users").by(&token).send().await.status(), 200);
    assert_eq!(status(&app, &token).await, 200);
    let still = app.get("/api/auth/me").by(&token).send().await;
    assert_eq!(still.text("/role"), "admin", "a token of theirs takes nothing away either");
}

#[tokio::test]
async fn nobody_becomes_the_user_of_an_address_by_saying_it() {
    let app = start(shared()).await;
    app.sign_in("root@example.com", Role::Admin).await;
    for claims in [
        claims(json!({"email": "ROOT@example.com"})),
        claims(json!({"email": "no address"})),
        claims(json!({"email": 1})),
        without("email"),
    ] {
        assert_eq!(status(&app, &hs256(&claims)).await, 401, "{claims}");
    }
    let users = app.get("/api/admin/users").send().await;
    assert_eq!(users.json()["total_count"], 1, "nobody was made");
}

#[tokio::test]
async fn who_is_suspended_is_nobody_whatever_vouches_for_them() {
    let app = start(shared()).await;
    let token = hs256(&claims(json!({})));
    assert_eq!(app.get("/api/credits/balance").by(&token).send().await.status(), 200);
    let id = app.get("/api/auth/me").by(&token).send().await.json()["id"].to_string();
    app.set_status(id.parse().unwrap(), Status::Suspended).await;
    app.hands().pass(Time::SECOND);
    assert_eq!(status(&app, &token).await, 401);
}

#[tokio::test]
async fn without_an_issuer_no_token_of_any_is_taken() {
    let app = TestApp::start().await;
    assert_eq!(status(&app, &hs256(&claims(json!({})))).await, 401);
}

#[test]
fn keys_that_can_not_be_trusted_are_refused_at_the_start() {
    let refused = |keys| Issuer::new(&settings(keys)).unwrap_err().to_string();
    let short = IssuerKeys::Secret("x".repeat(31).as_str().into());
    let ec = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#;
    let said = [
        refused(short),
        refused(IssuerKeys::Jwks("{}".to_owned())),
        refused(IssuerKeys::Jwks(r#"{"keys":[]}"#.to_owned())),
        refused(IssuerKeys::Jwks(ec.to_owned())),
    ];
    insta::assert_snapshot!(said.join("\n"));
}
