//! Everybody against each operation: what the document says of scopes is what
//! the server does, and who may do what is a table to read.

use std::fmt::Write as _;

use domain::Role;
use futures::stream::{self, StreamExt as _};
use http::Method;
use serde_json::{Value, json};
use testkit::{Call, Person, TestApp};

use crate::cases::DOCUMENT;

const SCOPES: [&str; 4] = ["credits:read", "credits:spend", "credits:grant", "admin"];

/// An operation of the document.
struct Operation {
    method: Method,
    path: &'static str,
    said: &'static Value,
}

fn operations() -> Vec<Operation> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, said)| Operation {
            method: method.to_uppercase().parse().unwrap(),
            path,
            said,
        })
    });
    all.collect()
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn is_guarded(&self) -> bool {
        // What is open to everyone takes a token too: `{}` is one of its ways in.
        self.said["security"].as_array().is_some_and(|ways| !ways.contains(&json!({})))
    }

    fn has_parameter(&self, name: &str) -> bool {
        let parameters = self.said["parameters"].as_array();
        let is_it = |said: &&Value| said["name"] == name && said["in"] != "path";
        parameters.into_iter().flatten().any(|said| is_it(&said))
    }

    /// A call that is right as far as the document tells, about what is Ada's.
    fn call(&self, app: &TestApp, ada: &Ada) -> Call {
        let mut call = app.call(self.method.clone(), &ada.url(self.path));
        if self.has_parameter("Idempotency-Key") {
            call = call.key("k");
        }
        // What takes either takes one of them.
        if self.has_parameter("user_id") && self.body(ada).is_none() {
            call = call.and_query(&format!("user_id={}", ada.id));
        }
        match self.body(ada) {
            Some(body) => call.json(body),
            None => call,
        }
    }

    /// The example of its body, about Ada.
    fn body(&self, ada: &Ada) -> Option<String> {
        let body = self.said.pointer("/requestBody/content/application~1json/schema/$ref")?;
        let pointer = body.as_str()?.trim_start_matches('#');
        let schema = DOCUMENT.pointer(pointer)?;
        let mut example = schema["examples"][0].clone();
        if schema["properties"]["user_id"].is_object() {
            example["user_id"] = json!(ada.id);
        }
        Some(example.to_string())
    }
}

/// A customer, and what is theirs.
struct Ada {
    id: String,
    hold: String,
    transaction: String,
}

impl Ada {
    async fn new(app: &TestApp) -> Self {
        let id = app.sign_in("ada@example.com", Role::Customer).await.id.to_string();
        let grant = json!({"user_id": 1, "amount": 1_000, "source": "trial", "description": "a"});
        let granted = app.post("/api/credits/grants").key("g").json(grant.to_string()).send().await;
        assert_eq!(granted.status(), 201, "{granted}");
        let gift = json!({
            "name": "Welcome", "code": "WELCOME", "discount_type": "free_credits",
            "discount_value": 5, "start_date": "2026-11-01T00:00:00Z",
            "end_date": "2027-01-01T00:00:00Z", "max_uses_per_user": 99,
        });
        let made = app.post("/api/admin/promotions").json(gift.to_string()).send().await;
        assert_eq!(made.status(), 201, "{made}");
        let body = format!(r#"{{"user_id":{id},"amount":20}}"#);
        let plan = json!({"user_id": 1, "package_id": 1}).to_string();
        app.post("/api/subscriptions").key("p").json(plan).send().await;
        let hold = app.post("/api/credits/holds").key("h").json(body.clone()).send().await;
        let spent = app.post("/api/credits/spend").key("s").json(body).send().await;
        Self { id, hold: hold.text("/id"), transaction: spent.text("/id") }
    }

    /// Somebody of whom there is nothing.
    fn missing() -> Self {
        let (hold, transaction) = ("hold_1_999".to_owned(), "tx_1_999".to_owned());
        Self { id: "999".to_owned(), hold, transaction }
    }

    /// A path with what is theirs in it.
    fn url(&self, path: &str) -> String {
        let id = match path {
            path if path.contains("/holds/") => &self.hold,
            path if path.contains("/transactions/") => &self.transaction,
            _ => &self.id,
        };
        let url = path.replace("{id}", id).replace("{key}", "llm").replace("{code}", "forbidden");
        let url = url.replace("{name}", "none");
        let named =
            |part: &str| if part.starts_with('{') { self.id.clone() } else { part.to_owned() };
        url.split('/').map(named).collect::<Vec<_>>().join("/")
    }
}

/// What came of a call, in a word. `-` is that they may not; a 404 may be that
/// they may not know; a 422 is about an example that was used before.
fn outcome(status: u16) -> String {
    match status {
        401 => "401".to_owned(),
        403 => "-".to_owned(),
        200..=299 | 402 | 409 => "yes".to_owned(),
        other => other.to_string(),
    }
}

#[tokio::test]
async fn who_may_do_what_is_this_table() {
    let mut table = String::new();
    let columns = ["nobody", "a customer", "support", "finance", "admin"];
    let columns = columns.into_iter().chain(SCOPES).collect::<Vec<_>>();
    writeln!(table, "| with what is another customer's | {} |", columns.join(" | ")).unwrap();
    writeln!(table, "|---{}|", "|---".repeat(columns.len())).unwrap();
    // Some at a time: each waits for its own disk most of the time.
    let mut rows = stream::iter(operations()).map(row).buffered(8);
    while let Some(row) = rows.next().await {
        writeln!(table, "{row}").unwrap();
    }
    insta::assert_snapshot!(table);
}

async fn row(operation: Operation) -> String {
    format!("| {} | {} |", operation.name(), who_may(&operation).await.join(" | "))
}

/// What comes of it for each column. Each has a server that nobody changed yet.
async fn who_may(operation: &Operation) -> Vec<String> {
    let mut outcomes = Vec::new();
    let app = TestApp::start().await;
    let ada = Ada::new(&app).await;
    let nobody = operation.call(&app, &ada).without("authorization").send().await;
    outcomes.push(outcome(nobody.status()));
    for role in Role::ALL {
        let person = app.sign_in(&format!("{}@example.com", role.as_str()), role).await;
        let key = format!("{}'s", role.as_str());
        let call = operation.call(&app, &ada).by(&person.token);
        let call = if operation.has_parameter("Idempotency-Key") { call.key(&key) } else { call };
        outcomes.push(outcome(call.send().await.status()));
    }
    for scope in SCOPES {
        let key = app.key(&format!("a {scope}"), scope).await;
        outcomes.push(outcome(operation.call(&app, &ada).by(&key).send().await.status()));
    }
    outcomes
}

#[tokio::test]
async fn a_key_is_let_in_where_the_document_says_so_and_nowhere_else() {
    let app = TestApp::start().await;
    let ada = Ada::new(&app).await;
    let mut keys = Vec::new();
    for scope in SCOPES {
        keys.push((scope, app.key(&format!("a {scope}"), scope).await));
    }
    let mut checked = 0;
    for operation in operations() {
        let name = operation.name();
        // Without its body: who may not is told so before it is looked at.
        let call = app.call(operation.method.clone(), &ada.url(operation.path));
        let nobody = call.again().without("authorization").send().await;
        assert_eq!(nobody.status() == 401, operation.is_guarded(), "{name}: {nobody}");
        let scopes = operation.said["x-scopes"].as_array();
        for (scope, key) in &keys {
            let answer = call.again().by(key).send().await;
            let said = scopes.is_some_and(|scopes| scopes.contains(&Value::from(*scope)));
            let admin = *scope == "admin" && scopes.is_some();
            let expected = said || admin || !operation.is_guarded();
            assert_eq!(answer.status() != 403, expected, "{scope}: {name}: {answer}");
            assert_ne!(answer.status(), 401, "{scope}: {name}");
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked}");
}

#[tokio::test]
async fn staff_are_let_in_where_the_description_says_so_and_nowhere_else() {
    let app = TestApp::start().await;
    let ada = Ada::new(&app).await;
    let mut checked = 0;
    for operation in operations() {
        if !operation.said["x-scopes"].is_array() {
            continue;
        }
        let description = operation.said["description"].as_str().unwrap();
        let roles = description.rsplit_once("; the roles ").map_or("", |(_, roles)| roles);
        for role in [Role::Support, Role::Finance, Role::Admin] {
            let person = app.sign_in(&format!("{}@example.com", role.as_str()), role).await;
            let call = app.call(operation.method.clone(), &ada.url(operation.path));
            let status = call.by(&person.token).send().await.status();
            // They may spend and hold what is theirs, like everybody.
            let own = description.contains("; customers, for what is theirs");
            let said = own || roles.contains(role.as_str());
            assert_eq!(status != 403, said, "{role:?}: {}: {status}", operation.name());
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked}");
}

#[tokio::test]
async fn what_is_a_strangers_and_what_is_missing_look_the_same() {
    let app = TestApp::start().await;
    let ada = Ada::new(&app).await;
    let bob = app.sign_in("bob@example.com", Role::Customer).await;
    let mut checked = 0;
    for operation in operations() {
        let names_something = operation.path.contains('{')
            || operation.has_parameter("user_id")
            || operation.body(&ada).is_some_and(|body| body.contains("user_id"));
        // The operations of a batch are refused one by one.
        let is_batch = operation.path == "/api/credits/batch";
        if names_something && operation.said["x-scopes"].is_array() && !is_batch {
            assert_alike(&app, &bob, &operation, &ada).await;
            checked += 1;
        }
    }
    assert!(checked > 15, "{checked}");
}

async fn assert_alike(app: &TestApp, person: &Person, operation: &Operation, ada: &Ada) {
    let theirs = operation.call(app, ada).by(&person.token).send().await;
    let missing = operation.call(app, &Ada::missing()).by(&person.token).send().await;
    let name = operation.name();
    assert!([403, 404].contains(&theirs.status()), "{name}: {theirs}");
    assert_eq!(theirs.to_string(), missing.to_string(), "{name}");
}

#[tokio::test]
async fn a_token_is_taken_from_its_header_alone() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let key = app.key("reader", "credits:read").await;
    let balance = || app.get("/api/credits/balance?user_id=1").without("authorization");
    let in_url = format!("access_token={key}");
    assert_ne!(balance().and_query(&in_url).send().await.status(), 200);
    for (header, status) in [
        (format!("Bearer {key}"), 200),
        (format!("bearer {key}"), 200),
        (format!("Basic {key}"), 401),
        (key.clone(), 401),
        (format!("Bearer {key}x"), 401),
        ("Bearer ".to_owned(), 401),
        ("Bearer sk_".to_owned(), 401),
    ] {
        let answer = balance().header("authorization", &header).send().await;
        assert_eq!(answer.status(), status, "{header}");
    }
}
