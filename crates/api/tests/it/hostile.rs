//! What no client should send, in every field of every mutation: always a
//! problem that says which field, never anything else.

use domain::Role;
use serde_json::Value;
use testkit::{Answer, Call, Person, TestApp};

use crate::cases::DOCUMENT;

/// Values that no field takes, but for those below.
fn values() -> Vec<String> {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_object = format!("{}1{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000));
    let plain = ["-1", "0", "1e3", "1e400", "0.0000001", "true", "[]", "{}", r#""""#, r#""-1""#];
    let texts = [r#""a\u0000b""#.to_owned(), format!("{:?}", "x".repeat(1_000_000))];
    let nested = [deep, deep_object, r#"{"a":"\u0000"}"#.to_owned(), r#"{"a":-1}"#.to_owned()];
    plain.into_iter().map(str::to_owned).chain(texts).chain(nested).collect()
}

/// What fields of a name take of them: lists that may be empty, a place in an
/// order, a least that is none.
const TAKEN: [(&str, &str); 5] = [
    ("features", "[]"),
    ("bulk_tiers", "[]"),
    ("tags", "[]"),
    ("sort_order", "0"),
    ("min_purchase", "0"),
];

/// What a field of a kind takes of them.
fn takes((field, kind): &(String, String), value: &str) -> bool {
    if TAKEN.contains(&(field.as_str(), value)) {
        return true;
    }
    let taken: &[&str] = match kind.as_str() {
        "Priority" | "AmountOrZero" => &["0"],
        // A cost is finer than an amount of credits.
        "Dollars" => &["0", "0.0000001"],
        "Metadata" => &["{}", r#"{"a":-1}"#],
        "Labels" => &["{}"],
        // An empty description is one; so is any text of a length.
        "Description" => &[r#""""#, r#""-1""#],
        "Text" | "Reason" | "GivenPassword" => &[r#""-1""#],
        "boolean" => &["true"],
        _ => &[],
    };
    taken.contains(&value)
}

/// A request's schema: what it looks like, and what its fields are called.
struct Form {
    example: Vec<(String, String)>,
    fields: Vec<(String, String)>,
}

impl Form {
    fn of(name: &str) -> Self {
        let schema = &DOCUMENT["components"]["schemas"][name];
        let example =
            schema["examples"][0].as_object().unwrap_or_else(|| panic!("{name}: no example"));
        let properties = schema["properties"].as_object().unwrap();
        Self {
            example: example
                .iter()
                .map(|(name, value)| (name.clone(), value.to_string()))
                .collect(),
            fields: properties
                .iter()
                .map(|(name, property)| (name.clone(), kind(property)))
                .collect(),
        }
    }

    /// The example with another value in a field.
    fn with(&self, field: &str, value: &str) -> String {
        let others = self.example.iter().filter(|(name, _)| name != field);
        let members = others.map(|(name, value)| format!("{name:?}:{value}"));
        let members: Vec<_> = members.chain([format!("{field:?}:{value}")]).collect();
        members.join(",")
    }
}

/// The name of a property's schema, or its type.
fn kind(property: &Value) -> String {
    let property = property["oneOf"].get(0).unwrap_or(property);
    let property = if property["type"] == "array" { &property["items"] } else { property };
    match (&property["$ref"], &property["type"]) {
        (Value::String(reference), _) => reference.rsplit('/').next().unwrap().to_owned(),
        (_, Value::Array(types)) => types[0].as_str().unwrap().to_owned(),
        (_, kind) => kind.as_str().unwrap().to_owned(),
    }
}

/// An operation that has a body.
struct Mutation {
    method: String,
    path: String,
    body: String,
    /// Whether it is for people alone.
    by_person: bool,
}

impl Mutation {
    /// A call of it, by whoever may.
    fn call(&self, app: &TestApp, person: &Person) -> Call {
        let call = app.call(self.method.parse().unwrap(), &self.path).key("k");
        if self.by_person { call.by(&person.token) } else { call }
    }
}

/// Every operation that has a body.
fn mutations() -> Vec<Mutation> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().filter_map(move |(method, operation)| {
            let body = operation.pointer("/requestBody/content/application~1json/schema/$ref")?;
            let body = body.as_str()?.rsplit('/').next()?.to_owned();
            let path = path.replace("{id}", "1").replace("{key}", "llm");
            let by_person = operation["security"].is_array() && operation["x-scopes"].is_null();
            Some(Mutation { method: method.to_uppercase(), path, body, by_person })
        })
    });
    all.filter(|mutation| mutation.body != "BatchBody").collect()
}

fn check(answer: &Answer, what: &str) {
    let what: String = what.chars().take(300).collect();
    assert!([400, 413, 422].contains(&answer.status()), "{what}\n{answer}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
    assert!(answer.body().len() < 2_000, "{what}: what was sent comes back\n{answer}");
    if answer.code() == "invalid_request" {
        assert!(answer.json()["errors"][0]["pointer"].is_string(), "{what}\n{answer}");
    }
}

#[tokio::test]
async fn no_field_of_any_mutation_takes_what_it_should_not() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let promotion = r#"{"name":"Autumn","discount_type":"percentage","discount_value":0.5,
        "start_date":"2026-11-01T00:00:00Z","end_date":"2027-01-01T00:00:00Z"}"#;
    assert_eq!(app.post("/api/admin/promotions").json(promotion).send().await.status(), 201);
    let mutations = mutations();
    assert!(mutations.len() >= 10, "{}", mutations.len());
    let person = app.sign_in("root@example.com", Role::Admin).await;
    for mutation in mutations {
        let form = Form::of(&mutation.body);
        let call = mutation.call(&app, &person);
        for field in &form.fields {
            for value in values().iter().filter(|value| !takes(field, value)) {
                let sent = format!("{{{}}}", form.with(&field.0, value));
                let answer = call.again().json(sent.clone()).send().await;
                check(&answer, &format!("{} {sent}", mutation.path));
            }
        }
    }
}

#[tokio::test]
async fn no_operation_of_a_batch_takes_what_it_should_not() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let call = app.post("/api/credits/batch");
    for (op, body) in [
        (r#""op":"spend""#, "SpendBody"),
        (r#""op":"hold""#, "HoldBody"),
        (r#""op":"capture","hold_id":"hold_1_2""#, "CaptureBody"),
        (r#""op":"grant""#, "GrantBody"),
    ] {
        let form = Form::of(body);
        for field in &form.fields {
            for value in values().iter().filter(|value| !takes(field, value)) {
                let fields = form.with(&field.0, value);
                let sent = format!(r#"{{"operations":[{{{op},"key":"k",{fields}}}]}}"#);
                let answer = call.again().json(sent.clone()).send().await;
                match answer.status() {
                    // Well-formed, and refused for itself.
                    200 => assert_eq!(answer.json()["results"][0]["status"], 422, "{sent}"),
                    _ => check(&answer, &sent),
                }
            }
        }
    }
}

#[tokio::test]
async fn quantities_labels_and_prices_are_looked_into() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let spend = |member: &str| format!(r#"{{"user_id":1,"amount":1,{member}}}"#);
    for member in [
        r#""labels":{"":"x"}"#,
        r#""labels":{"a":""}"#,
        r#""labels":{"a\u0000":"x"}"#,
        r#""labels":{"a":"x","a":"y"}"#,
        r#""labels":{"a":1}"#,
        r#""metadata":{"a":{"b":"\u0000"}}"#,
        r#""metadata":"{}""#,
        r#""occurred_at":"2026-11-23""#,
        r#""occurred_at":"2026-11-23T10:00:00""#,
    ] {
        let sent = spend(member);
        let answer = app.post("/api/credits/spend").key("k").json(sent.clone()).send().await;
        check(&answer, &sent);
    }
    for quantities in
        [r#"{"requests":-1}"#, r#"{"requests":1e3}"#, r#"{"requests":0.0000001}"#, r#"{"":1}"#]
    {
        let sent = format!(r#"{{"service":"ai_chat","quantities":{quantities}}}"#);
        check(&app.post("/api/credits/quote").json(sent.clone()).send().await, &sent);
    }
}

#[tokio::test]
async fn bytes_that_are_no_json_are_refused_everywhere() {
    let app = TestApp::start().await;
    let person = app.sign_in("root@example.com", Role::Admin).await;
    for mutation in mutations() {
        let bodies: [&[u8]; 5] = [b"", b"\0", b"{\"a\":\xff}", b"{}{}", b"{\"amount\":NaN}"];
        for body in bodies {
            let answer = mutation.call(&app, &person).json(body).send().await;
            assert_eq!(answer.code(), "malformed_json", "{} {body:?}", mutation.path);
        }
    }
}
