//! The document as clients read it.

use serde_json::Value;

fn document() -> Value {
    serde_json::from_str(&super::openapi()).unwrap()
}

/// Method, path and operation.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (method.clone(), path.clone(), operation.clone()))
    });
    all.collect()
}

#[test]
fn it_is_openapi_3_1_and_the_same_every_time() {
    assert_eq!(document()["openapi"], "3.1.0");
    assert_eq!(super::openapi(), super::openapi());
}

#[test]
fn every_operation_says_what_it_is_who_may_call_it_and_how_it_fails() {
    for (method, path, operation) in operations(&document()) {
        let name = format!("{method} {path}");
        for field in ["summary", "operationId", "tags"] {
            assert!(!operation[field].is_null(), "{name} has no {field}");
        }
        assert!(operation["responses"]["500"].is_object(), "{name}");
        let guarded = operation["security"].is_array();
        for status in ["401", "403"] {
            assert!(!guarded || operation["responses"][status].is_object(), "{name}: {status}");
        }
        let scoped = operation["x-scopes"].is_array();
        assert!(guarded || !scoped, "{name}: x-scopes");
        assert!(scoped || !path.starts_with("/api/admin/"), "{name}: x-scopes");
        assert_eq!(operation["x-codes"], Value::Null, "{name}: x-codes are responses by now");
    }
}

#[test]
fn every_operation_that_speaks_json_has_an_example_and_says_who_may_call_it() {
    let is_json = |content: &Value| content["application/json"].is_object();
    for (method, path, operation) in operations(&document()) {
        let description = operation["description"].as_str().unwrap();
        assert!(description.contains("**Who may call it:** "), "{method} {path}");
        let responses = operation["responses"].as_object().unwrap().iter();
        let done = responses.filter(|(status, _)| status.starts_with('2'));
        let answers = done.map(|(_, response)| &response["content"]);
        for content in answers.chain([&operation["requestBody"]["content"]]) {
            let example = &content["application/json"]["example"];
            let is_needed = is_json(content) && path.starts_with("/api/");
            assert!(!is_needed || !example.is_null(), "{method} {path} has no example");
        }
    }
}

#[test]
fn a_body_may_be_left_out_where_the_query_may_say_the_same() {
    for (method, path, operation) in operations(&document()) {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let queries = parameters.filter(|parameter| parameter["in"] == "query").count();
        let required = &operation["requestBody"]["required"];
        assert!(!(*required == true && queries > 0), "{method} {path}");
    }
}

#[test]
fn operations_have_names_of_their_own() {
    let document = document();
    let mut names: Vec<_> = operations(&document)
        .into_iter()
        .map(|(.., operation)| operation["operationId"].clone())
        .collect();
    let count = names.len();
    names.sort_by_key(ToString::to_string);
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

#[test]
fn an_answer_always_has_every_member_and_a_request_may_leave_some_out() {
    let schemas = &document()["components"]["schemas"];
    let transaction = &schemas["CreditTransaction"];
    let members: Vec<_> = transaction["properties"].as_object().unwrap().keys().collect();
    assert_eq!(transaction["required"].as_array().unwrap().len(), members.len());
    assert_eq!(schemas["SpendBody"]["required"], Value::Null);
    assert_eq!(schemas["SpendBody"]["additionalProperties"], false);
}
