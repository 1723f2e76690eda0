//! `GET /api/admin/credits/users/status`

use domain::Status;
use serde_json::Value;
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/credits/users/status";

async fn names(app: &TestApp, query: &str) -> (Vec<String>, i64) {
    let listed = app.get(PATH).and_query(query).send().await;
    assert_eq!(listed.status(), 200, "{query}: {listed}");
    let listed = listed.json();
    let name = |user: &Value| user["name"].as_str().unwrap().to_owned();
    let names = listed["users"].as_array().unwrap().iter().map(name).collect();
    (names, listed["total_count"].as_i64().unwrap())
}

#[tokio::test]
async fn users_come_newest_first_with_how_they_stand() {
    let app = TestApp::start().await;
    app.customer_with("ada", "100").await;
    app.hands().pass(1_000_000);
    let bob = app.customer_with("bob", "0.5").await;
    app.set_status(bob, Status::Paused).await;
    app.customer("eve").await;
    app.hands().pass(1_000_000);
    app.post("/api/credits/spend").key("s").json(r#"{"user_id":1,"amount":1}"#).send().await;
    insta::assert_snapshot!(app.get(PATH).send().await);
    insta::assert_snapshot!("one", app.get(PATH).and_query("status_filter=paused").send().await);
}

#[tokio::test]
async fn users_are_found_by_status_and_page() {
    let app = TestApp::start().await;
    for name in ["a", "b", "c", "d", "e"] {
        app.customer_with(name, "1").await;
    }
    for (user, status) in
        [(2, Status::Paused), (4, Status::Paused), (5, Status::Suspended), (4, Status::Active)]
    {
        app.set_status(domain::UserId::from_number(user), status).await;
    }
    for (query, found, total) in [
        ("", "edcba", 5),
        ("page=2&page_size=2", "cb", 5),
        ("page=9", "", 5),
        ("status_filter=active", "dca", 3),
        ("status_filter=active&page=2&page_size=2", "a", 3),
        ("status_filter=paused", "b", 1),
        ("status_filter=suspended", "e", 1),
        ("status_filter=suspended&page=2&page_size=1", "", 1),
        ("search=example&status_filter=paused", "b", 1),
        ("search=example&status_filter=active", "dca", 3),
    ] {
        assert_eq!(names(&app, query).await, (split(found), total), "{query}");
    }
}

fn split(names: &str) -> Vec<String> {
    names.chars().map(String::from).collect()
}

#[tokio::test]
async fn a_search_takes_any_case_and_wildcards_as_they_are() {
    let app = TestApp::start().await;
    for (email, name) in [
        ("ada@x.com", "Ada Óðinn"),
        ("100_a@x.com", "100%"),
        ("b@y.com", "Bob!"),
        ("c@x.org", "C_D"),
    ] {
        let user = serde_json::json!({"email": email, "name": name, "role": "customer"});
        app.post("/api/admin/users").json(user.to_string()).send().await;
    }
    for (search, found) in [
        ("ADA", vec!["Ada Óðinn"]),
        ("%C3%93%C3%90", vec!["Ada Óðinn"]),
        ("X.COM", vec!["100%", "Ada Óðinn"]),
        ("%25", vec!["100%"]),
        ("_", vec!["C_D", "100%"]),
        ("!", vec!["Bob!"]),
        ("ada+%C3%B3", vec!["Ada Óðinn"]),
        ("nobody", vec![]),
    ] {
        let (names, total) = names(&app, &format!("search={search}")).await;
        assert_eq!(names, found, "{search}");
        assert_eq!(total, i64::try_from(found.len()).unwrap(), "{search}");
    }
    let renamed = app.patch("/api/admin/users/1").json(r#"{"name":"Zoë"}"#).send().await;
    assert_eq!(renamed.status(), 200);
    assert_eq!(names(&app, "search=ZO%C3%8B").await.1, 1);
}

#[tokio::test]
async fn every_refusal_of_a_list_of_standings() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("getUsersCreditStatus");
    cases.add_form(&app, &app.get(PATH)).await;
    for (name, query) in [
        ("no status", "status_filter=Paused"),
        ("a search with a line break", "search=a%0Ab"),
        ("page 0", "page=0"),
        ("a page too long", "page_size=101"),
    ] {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
