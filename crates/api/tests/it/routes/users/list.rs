//! `GET /api/admin/users`

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
async fn every_refusal_of_a_list_of_users() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listUsers");
    cases.add_form(&app, &app.get(PATH)).await;
    for (name, query) in [
        ("two names", "email=a@example.com&external_id=u-1"),
        ("no address", "email=ada"),
        ("page 0", "page=0"),
    ] {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
