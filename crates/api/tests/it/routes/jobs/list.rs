//! `GET /api/admin/jobs`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/jobs";

#[tokio::test]
async fn jobs_come_newest_first_by_name_and_state() {
    let app = TestApp::start().await;
    app.enqueue("of.tomorrow", "a").await;
    app.enqueue("of.tomorrow", "b").await;
    insta::assert_snapshot!(app.get(PATH).and_query("page_size=2").send().await);
    for (query, count) in [
        ("name=of.tomorrow", 2),
        ("name=of.yesterday", 0),
        ("status=waiting&name=of.tomorrow", 2),
        ("status=done", 0),
    ] {
        let found = app.get(PATH).and_query(query).send().await;
        assert_eq!(found.json()["total_count"], count, "{query}: {found}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_list_of_jobs() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listJobs");
    cases.add_form(&app, &app.get(PATH)).await;
    for (name, query) in
        [("another status", "status=lost"), ("no name", "name="), ("page 0", "page=0")]
    {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
