//! `PATCH /api/admin/packages/{id}`

use futures::future::join_all;
use serde_json::{Value, json};
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/packages/1";

async fn offered(app: &TestApp) -> Vec<Value> {
    let offered = app.get("/api/credits/packages").send().await.json();
    offered["packages"].as_array().unwrap().clone()
}

#[tokio::test]
async fn other_terms_are_a_version_and_the_one_before_stays() {
    let app = TestApp::start().await;
    let body = r#"{"monthly_price":24.99,"credit_amount":250,"description":"More",
        "features":[],"trial":{"days":7,"credits":20}}"#;
    let changed = app.patch(PATH).key("k").json(body).send().await;
    let again = app.patch(PATH).key("k").json(body).send().await;
    assert_eq!(again.body(), changed.body());
    assert_eq!(offered(&app).await[0], changed.json()["package"]);
    insta::assert_snapshot!(changed);
}

#[tokio::test]
async fn its_place_and_whether_it_is_offered_are_no_terms() {
    let app = TestApp::start().await;
    for (body, names) in [
        (r#"{"sort_order":9}"#, vec!["Professional", "Enterprise", "Starter"]),
        (r#"{"is_active":false}"#, vec!["Professional", "Enterprise"]),
        (r#"{"name":"Basic","is_active":true}"#, vec!["Professional", "Enterprise", "Basic"]),
    ] {
        let changed = app.patch(PATH).json(body).send().await;
        assert_eq!((changed.status(), &changed.json()["package"]["version"]), (200, &json!(1)));
        let found: Vec<_> = offered(&app).await.iter().map(|one| one["name"].clone()).collect();
        assert_eq!(found, names, "{body}");
    }
}

#[tokio::test]
async fn what_changes_nothing_leaves_no_version_and_no_trace() {
    let app = TestApp::start().await;
    let body = r#"{"monthly_price":19.99,"credit_amount":200,"credit_rate":0.1,
        "description":null,"trial":null,"is_active":true,"name":"Starter"}"#;
    let same = app.patch(PATH).key("k").json(body).send().await.json();
    assert_eq!(
        (&same["package"]["version"], &same["package"]["updated_at"]),
        (&json!(1), &json!(null))
    );
    let log = app.get("/api/admin/audit?subject=package:1").send().await.json();
    assert_eq!(log["total_count"], 0);
}

#[tokio::test]
async fn of_many_that_change_one_at_once_each_makes_its_version() {
    let app = TestApp::start().await;
    let change =
        |cents: i64| app.patch(PATH).json(format!(r#"{{"monthly_price":{cents}}}"#)).send();
    let all = join_all((1..=16).map(change)).await;
    assert!(all.iter().all(|answer| answer.status() == 200));
    let mut versions: Vec<_> =
        all.iter().map(|answer| answer.json()["package"]["version"].as_i64().unwrap()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=17).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_rate_is_measured_where_it_is_new() {
    let app = TestApp::start().await;
    let rates = r#"{"credit_rate":0.05,"bulk_tiers":[],"minimum_payment":0.5,"quote_seconds":900}"#;
    assert_eq!(app.post("/api/admin/rates").json(rates).send().await.status(), 201);
    let quiet = app.patch(PATH).json(r#"{"is_featured":true,"credit_amount":300}"#).send().await;
    assert_eq!(quiet.status(), 200, "its rate was there before: {quiet}");
    let dear = app.patch(PATH).json(r#"{"credit_rate":0.06}"#).send().await;
    assert_eq!(dear.code(), "invalid_request");
}

#[tokio::test]
async fn every_refusal_of_a_change_of_a_package() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("updatePackage");
    let right = r#"{"monthly_price":24.99}"#;
    cases.add_form(&app, &app.patch(PATH).key("k").json(right)).await;
    for (name, body) in [
        ("a price of nothing", r#"{"monthly_price":0}"#),
        ("no price", r#"{"monthly_price":-1}"#),
        ("a rate above the base rate", r#"{"credit_rate":0.2}"#),
        ("half a trial", r#"{"trial":{"days":7}}"#),
        ("a name that is taken", r#"{"name":"Enterprise"}"#),
        ("a place that is none", r#"{"sort_order":-1}"#),
    ] {
        cases.add(name, &app.patch(PATH).json(body).send().await);
    }
    cases.add("not there", &app.patch("/api/admin/packages/9").json(right).send().await);
    cases.add("no id", &app.patch("/api/admin/packages/one").json(right).send().await);
    app.patch(PATH).key("reused").json(right).send().await;
    let other = r#"{"monthly_price":25.99}"#;
    cases.add("a key reused", &app.patch(PATH).key("reused").json(other).send().await);
    insta::assert_snapshot!(cases.finish());
}
