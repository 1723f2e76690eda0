//! Each key against each operation: what the document says of scopes is what
//! the server does.

use serde_json::Value;
use testkit::TestApp;

use crate::cases::DOCUMENT;

const SCOPES: [&str; 4] = ["credits:read", "credits:spend", "credits:grant", "admin"];

#[tokio::test]
async fn a_key_is_let_in_where_the_document_says_so_and_nowhere_else() {
    let app = TestApp::start().await;
    let mut keys = Vec::new();
    for scope in SCOPES {
        keys.push((scope, app.key(&format!("a {scope}"), scope).await));
    }
    let mut checked = 0;
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let url = path.replace("{id}", "none").replace("{key}", "none");
            let url = url.replace("{user_id}", "none");
            let url = url.replace("{name}", "none").replace("{code}", "none");
            let call = app.call(method.to_uppercase().parse().unwrap(), &url);
            let Some(scopes) = operation["x-scopes"].as_array() else {
                let answer = call.without("authorization").send().await;
                assert!(![401, 403].contains(&answer.status()), "{method} {path}: {answer}");
                continue;
            };
            let nobody = call.again().without("authorization").send().await;
            assert_eq!(nobody.status(), 401, "{method} {path}");
            for (scope, key) in &keys {
                let answer = call.again().by(key).send().await;
                let expected = *scope == "admin" || scopes.contains(&Value::from(*scope));
                assert_eq!(answer.status() != 403, expected, "{scope}: {method} {path}: {answer}");
                assert_ne!(answer.status(), 401, "{scope}: {method} {path}");
                checked += 1;
            }
        }
    }
    assert!(checked > 100, "{checked}");
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
