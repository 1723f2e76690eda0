//! `GET /api/admin/jobs/{id}`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn a_job_says_where_it_stands_and_why() {
    let app = TestApp::start().await;
    app.enqueue("of.tomorrow", "a").await;
    app.run_jobs_that_may_fail().await;
    let list = app.get("/api/admin/jobs?name=of.tomorrow").send().await;
    let id = list.json()["jobs"][0]["id"].clone();
    insta::assert_snapshot!(app.get(&format!("/api/admin/jobs/{id}")).send().await);
}

#[tokio::test]
async fn every_refusal_of_a_job() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("getJob");
    cases.add_form(&app, &app.get("/api/admin/jobs/1")).await;
    for (name, id) in [("no such job", "99"), ("no id", "one")] {
        cases.add(name, &app.get(&format!("/api/admin/jobs/{id}")).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
