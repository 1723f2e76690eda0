//! What an endpoint refuses, case by case, as one snapshot. The cases that
//! follow from its form come from the OpenAPI document, and at the end every
//! code it documents was met, and no other.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde_json::Value;
use testkit::{Answer, Call, TestApp};

/// The document the server serves.
pub(crate) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&api::openapi()).expect("a document"));

/// What no endpoint can be made to answer by its caller: `outages`, `connections`
/// and the tests of `/readyz` and of the clock meet them.
const ELSEWHERE: [&str; 4] = ["internal", "overloaded", "ledger_stopped", "clock_jump"];

/// Refusals of one endpoint.
pub(crate) struct Cases {
    operation: &'static Value,
    text: String,
    met: BTreeSet<String>,
}

impl Cases {
    /// None yet of the operation of that name.
    pub(crate) fn of(operation_id: &str) -> Self {
        let paths = DOCUMENT["paths"].as_object().expect("paths");
        let mut operations =
            paths.values().flat_map(|item| item.as_object().expect("an item").values());
        let operation = operations.find(|operation| operation["operationId"] == operation_id);
        let operation = operation.unwrap_or_else(|| panic!("no operation {operation_id}"));
        Self { operation, text: String::new(), met: BTreeSet::new() }
    }

    /// A refusal. It is a problem like every other.
    pub(crate) fn add(&mut self, name: &str, answer: &Answer) {
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{name}: {answer}"
        );
        assert_eq!(answer.json()["status"], answer.status(), "{name}");
        self.met.insert(answer.code());
        writeln!(self.text, "## {name}\n\n{answer}\n").expect("a text");
    }

    /// The refusals of its form, from a call that would go through.
    pub(crate) async fn add_form(&mut self, app: &TestApp, right: &Call) {
        self.add_callers(app, right).await;
        self.add_keys(right).await;
        if self.operation["requestBody"].is_object() {
            self.add_bodies(right).await;
        }
        if self.has_parameter("query") {
            let unknown = right.again().and_query("unknown=1").send().await;
            self.add("an unknown parameter", &unknown);
        }
    }

    /// The refusals of a promotion's code, from a call with one.
    pub(crate) async fn add_codes(&mut self, app: &TestApp, with: impl Fn(&str) -> Call) {
        let body = r#"{"name":"Once","code":"ONCE","discount_type":"percentage",
            "discount_value":0.5,"start_date":"2026-11-01T00:00:00Z",
            "end_date":"2027-01-01T00:00:00Z","max_uses":1}"#;
        assert_eq!(app.post("/api/admin/promotions").json(body).send().await.status(), 201);
        assert_eq!(with("once").send().await.status(), 200);
        self.add("a promotion that is used up", &with("once").send().await);
        self.add("a code nobody knows", &with("SUMMER-26").send().await);
        self.add_guesses(with).await;
    }

    /// The refusal of who guesses codes.
    pub(crate) async fn add_guesses(&mut self, with: impl Fn(&str) -> Call) {
        for number in 0..10 {
            with(&format!("GUESS-{number}")).send().await;
        }
        self.add("one guess too many", &with("GUESS").send().await);
    }

    async fn add_callers(&mut self, app: &TestApp, right: &Call) {
        if self.operation["security"].is_null() {
            return;
        }
        let nobody = right.again().without("authorization").send().await;
        self.add("without a token", &nobody);
        let Some(allowed) = self.operation["x-scopes"].as_array() else {
            let key = app.key("other", "admin").await;
            return self.add("with a key", &right.again().by(&key).send().await);
        };
        let scopes = ["credits:read", "credits:spend", "credits:grant"];
        let other = scopes.into_iter().find(|scope| !allowed.iter().any(|it| it == scope));
        let other = app.key("other", other.expect("a scope that is not enough")).await;
        self.add("with another scope", &right.again().by(&other).send().await);
    }

    async fn add_keys(&mut self, right: &Call) {
        let parameters = self.operation["parameters"].as_array().into_iter().flatten();
        let key = parameters.into_iter().find(|parameter| parameter["in"] == "header");
        let Some(key) = key else { return };
        if key["required"] == true {
            let missing = right.again().without("idempotency-key").send().await;
            self.add("without a key", &missing);
        }
        self.add("with a key in two words", &right.again().key("two words").send().await);
    }

    async fn add_bodies(&mut self, right: &Call) {
        self.add("half a body", &right.again().json("{").send().await);
        let untyped = right.again().without("content-type").send().await;
        self.add("a body of no type", &untyped);
        let huge = " ".repeat(4 * 1024 * 1024 + 1);
        self.add("a body too large", &right.again().json(huge).send().await);
        self.add("an unknown field", &right.again().json(r#"{"unknown": 1}"#).send().await);
        self.add("a list", &right.again().json("[]").send().await);
    }

    fn has_parameter(&self, place: &str) -> bool {
        let parameters = self.operation["parameters"].as_array();
        parameters.into_iter().flatten().any(|parameter| parameter["in"] == place)
    }

    /// All of them, once every documented code was met.
    pub(crate) fn finish(self) -> String {
        let responses = self.operation["responses"].as_object().expect("responses");
        let described = responses.values().filter_map(|response| response["description"].as_str());
        let documented: BTreeSet<_> = described
            .flat_map(|text| text.split('`').skip(1).step_by(2))
            .filter(|code| !ELSEWHERE.contains(code))
            .map(str::to_owned)
            .collect();
        assert_eq!(self.met, documented, "met on the left, documented on the right");
        self.text
    }
}
