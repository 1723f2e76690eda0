//! Somebody who is signed in.

use app::{NewUser, Password, SignIn, UserKey};
use domain::{Email, Role, UserId};
use reqwest::Method;
use secrecy::ExposeSecret as _;

use super::book::CHEAP;
use super::{Call, TestApp, text};

/// What everybody's password is.
pub const PASSWORD: &str = "correct horse";

/// Somebody who is signed in, and their client.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// The token of their session.
    pub token: String,
    client: reqwest::Client,
    base: String,
}

impl Person {
    /// A call by them, with their session as the bearer.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let url = format!("{}{path}", self.base);
        Call::new(self.client.clone(), method, url, &self.token)
    }

    /// `GET` by them.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// `POST` by them.
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    /// `PUT` by them.
    pub fn put(&self, path: &str) -> Call {
        self.call(Method::PUT, path)
    }

    /// `PATCH` by them.
    pub fn patch(&self, path: &str) -> Call {
        self.call(Method::PATCH, path)
    }

    /// `DELETE` by them.
    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }
}

impl TestApp {
    /// Signs in the user of that address, who is made if there is none yet.
    /// Their password is [`PASSWORD`] and nothing else is changed of them.
    pub async fn sign_in(&self, email: &str, role: Role) -> Person {
        let email = Email::parse(email).expect("an address");
        let found = self.app.find_user(&app::Caller::SYSTEM, UserKey::Email(email.clone())).await;
        if found.expect("users").is_none() {
            self.add(email.clone(), role).await;
        }
        let password = Password::parse(PASSWORD).expect("a password").given();
        let signed_in = self.app.sign_in(SignIn { email, password, replaces: None }).await;
        let signed_in = signed_in.expect("a session");
        Person {
            id: signed_in.user.id,
            token: signed_in.token.expose_secret().to_owned(),
            client: self.client.clone(),
            base: format!("http://{}", self.address),
        }
    }

    async fn add(&self, email: Email, role: Role) {
        let name = email.as_str().split('@').next().map(text).expect("a name");
        let hash = Password::parse(PASSWORD).expect("a password").hash(CHEAP, [4; 16]);
        let password_hash = Some(hash.expect("a hash"));
        let new = NewUser { email, name, role, external_id: None, password_hash };
        self.app.create_user(&app::Caller::SYSTEM, None, new).await.expect("a user");
    }
}
