//! `GET /api/admin/packages`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/packages";

#[tokio::test]
async fn those_that_are_not_offered_are_listed_too() {
    let app = TestApp::start().await;
    let change =
        app.patch("/api/admin/packages/2").json(r#"{"is_active":false,"credit_amount":7}"#);
    assert_eq!(change.send().await.status(), 200);
    let listed = app.get(PATH).send().await.json();
    let packages = listed["packages"].as_array().unwrap();
    let shown: Vec<_> = packages
        .iter()
        .map(|one| (one["package"]["name"].as_str(), one["versions"].as_array().map(Vec::len)))
        .collect();
    let expected = [("Starter", 1), ("Professional", 2), ("Enterprise", 1)];
    assert_eq!(shown, expected.map(|(name, versions)| (Some(name), Some(versions))));
}

#[tokio::test]
async fn every_refusal_of_a_list_of_all_packages() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listPackages");
    cases.add_form(&app, &app.get(PATH)).await;
    insta::assert_snapshot!(cases.finish());
}
