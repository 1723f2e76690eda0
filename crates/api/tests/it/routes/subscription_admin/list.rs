//! `GET /api/admin/subscriptions`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/subscriptions";

#[tokio::test]
async fn everybodys_are_found_by_status_package_and_user() {
    let app = TestApp::start().await;
    for (user, package) in [("1", 1), ("2", 2), ("3", 1)] {
        app.customer(&format!("user-{user}")).await;
        app.subscribe(user, package).await;
    }
    app.post("/api/admin/subscriptions/3/end").key("e").send().await;
    for (query, ids) in [
        ("", vec![3, 2, 1]),
        ("?status=active", vec![2, 1]),
        ("?package_id=1&status=cancelled", vec![3]),
        ("?user_id=2", vec![2]),
        ("?page=2&page_size=2", vec![1]),
    ] {
        let listed = app.get(&format!("{PATH}{query}")).send().await.json();
        let found = listed["subscriptions"].as_array().unwrap();
        let found: Vec<_> = found.iter().map(|one| one["id"].as_i64().unwrap()).collect();
        assert_eq!(found, ids, "{query}");
    }
}

#[tokio::test]
async fn every_refusal_of_everybodys_subscriptions() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listSubscriptions");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("a status that is none", &app.get(&format!("{PATH}?status=x")).send().await);
    insta::assert_snapshot!(cases.finish());
}
