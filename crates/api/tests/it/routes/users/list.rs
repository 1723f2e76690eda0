//! `GET /api/admin/users`

use domain::Role;
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/users";

#[tokio::test]
async fn users_come_newest_first_or_by_name() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.customer("bob").await;
    insta::assert_snapshot!(app.get("/api/admin/users?page_size=1").send().await);
    for (query, count) in
        [("email=ADA@example.com", 1), ("email=eve@example.com", 0), ("external_id=u-1", 0)]
    {
        let found = app.get(PATH).and_query(query).send().await;
        assert_eq!(found.json()["total_count"], count, "{query}: {found}");
        assert_eq!(found.json()["users"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn users_are_searched_by_what_they_are_called_and_are() {
    let app = TestApp::start().await;
    app.sign_in("ada_l@example.com", Role::Support).await;
    app.customer("adaxl").await;
    app.post(PATH)
        .json(r#"{"email":"e@e.example","name":"Ève 100%","role":"customer","external_id":"U-7"}"#)
        .send()
        .await;
    for (query, names) in [
        ("search=ADA", &["adaxl", "ada_l"][..]),
        ("search=a_l", &["ada_l"]),
        ("search=%25", &["Ève 100%"]),
        ("search=%C3%88VE", &["Ève 100%"]),
        ("search=u-7", &["Ève 100%"]),
        ("search=nobody", &[]),
        ("role=customer&search=", &["Ève 100%", "adaxl"]),
        ("role=support", &["ada_l"]),
        ("role=customer&search=example", &["Ève 100%", "adaxl"]),
        ("role=admin", &[]),
    ] {
        let found = app.get(PATH).and_query(query).send().await;
        let users = found.json()["users"].as_array().unwrap().clone();
        let found_names: Vec<_> = users.iter().map(|user| user["name"].as_str().unwrap()).collect();
        assert_eq!(found_names, names, "{query}");
        assert_eq!(found.json()["total_count"], names.len(), "{query}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_list_of_users() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listUsers");
    cases.add_form(&app, &app.get(PATH)).await;
    for (name, query) in [
        ("two names", "email=a@example.com&external_id=u-1"),
        ("no address", "email=ada"),
        ("a name and a search", "external_id=u-1&search=ada"),
        ("no role", "role=owner"),
        ("a NUL", "search=a%00"),
        ("a line break", "search=a%0Ab"),
        ("page 0", "page=0"),
    ] {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
