//! API keys: how long a key is believed.

use app::{AuthError, Caller};
use domain::Scopes;
use secrecy::SecretString;

use crate::desk::{Desk, act, text};

fn scopes() -> Scopes {
    Scopes::parse("credits:spend").unwrap()
}

async fn works(desk: &Desk, secret: &SecretString) -> bool {
    match desk.app.authenticate(secret).await {
        Ok(_) => true,
        Err(AuthError::Unknown) => false,
        Err(AuthError::Failed(error)) => panic!("{error}"),
    }
}

async fn create(desk: &Desk) -> Result<app::NewApiKey, app::Error> {
    let new = (text("worker"), scopes());
    desk.app.create_key(&Caller::SYSTEM, None, new).await.map(|made| made.value)
}

fn secret(made: &app::NewApiKey) -> &SecretString {
    made.secret.as_ref().expect("a new key has its secret")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_revoked_here_works_no_more_at_once() {
    let desk = Desk::open().await;
    let made = create(&desk).await.unwrap();
    assert!(works(&desk, secret(&made)).await && works(&desk, secret(&made)).await);
    desk.app.revoke_key(&Caller::SYSTEM, None, text("worker")).await.unwrap();
    assert!(!works(&desk, secret(&made)).await);
    let again = desk.app.revoke_key(&Caller::SYSTEM, None, text("worker")).await;
    assert!(matches!(again, Err(app::Error::NotFound)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_revoked_elsewhere_works_no_longer_than_a_second() {
    let desk = Desk::open().await;
    let elsewhere = desk.elsewhere().await;
    let made = elsewhere.create_key(act(), text("worker"), scopes()).await.unwrap();
    assert!(works(&desk, secret(&made)).await);
    elsewhere.revoke_key(act(), text("worker")).await.unwrap();
    desk.hands.pass(1_000_000);
    assert!(!works(&desk, secret(&made)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotated_key_is_the_same_caller_with_another_secret() {
    let desk = Desk::open().await;
    let old = create(&desk).await.unwrap();
    assert_eq!(crate::desk::pointer(create(&desk).await), "/name", "one key a name");
    desk.app.revoke_key(&Caller::SYSTEM, None, text("worker")).await.unwrap();
    let new = create(&desk).await.unwrap();
    assert!(!works(&desk, secret(&old)).await && works(&desk, secret(&new)).await);
    let caller = desk.app.authenticate(secret(&new)).await.unwrap();
    assert_eq!(caller.actor().to_string(), "key:worker");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_key_names_nobody() {
    let desk = Desk::open().await;
    for token in ["", "sk_", "sk_0123", "Bearer x", "pk_live"] {
        assert!(!works(&desk, &SecretString::from(token)).await, "{token:?}");
    }
}
