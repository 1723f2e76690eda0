//! `POST /api/admin/jobs/{id}/rerun`

use testkit::TestApp;

use crate::cases::Cases;

#[tokio::test]
async fn a_job_is_due_again_once_a_key_and_the_audit_log_says_who_wanted_it() {
    let app = TestApp::start().await;
    app.enqueue("of.tomorrow", "a").await;
    app.run_jobs_that_may_fail().await;
    let list = app.get("/api/admin/jobs?name=of.tomorrow").send().await;
    let path = format!("/api/admin/jobs/{}", list.json()["jobs"][0]["id"]);
    let later = app.get(&path).send().await;
    app.hands().pass(1_000_000);
    for _ in 0..2 {
        let rerun = app.post(&format!("{path}/rerun")).key("k").send().await;
        assert_eq!(rerun.status(), 204, "{rerun}");
    }
    let now = app.get(&path).send().await;
    assert!(now.text("/run_at") < later.text("/run_at"), "{now}");
    let log = app.get("/api/admin/audit?action=jobs.rerun").send().await;
    insta::assert_snapshot!(log);
}

#[tokio::test]
async fn every_refusal_of_a_rerun() {
    let app = TestApp::start().await;
    let path = |id: &str| format!("/api/admin/jobs/{id}/rerun");
    let mut cases = Cases::of("rerunJob");
    cases.add_form(&app, &app.post(&path("1"))).await;
    for (name, id) in [("no such job", "99"), ("no id", "one")] {
        cases.add(name, &app.post(&path(id)).send().await);
    }
    app.enqueue("of.tomorrow", "a").await;
    app.post(&path("1")).key("reused").send().await;
    cases.add("a key reused", &app.post(&path("2")).key("reused").send().await);
    let body = app.post(&path("1")).json("{}").send().await;
    assert_eq!(body.status(), 204, "an empty body says nothing: {body}");
    insta::assert_snapshot!(cases.finish());
}
