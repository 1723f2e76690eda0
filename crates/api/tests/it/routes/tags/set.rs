//! `PUT /api/admin/users/{id}/tags`

use http::Method;
use testkit::{Call, TestApp};

use crate::cases::Cases;

const PATH: &str = "/api/admin/users/1/tags";

fn put(app: &TestApp, body: &str) -> Call {
    app.call(Method::PUT, PATH).json(body.to_owned())
}

#[tokio::test]
async fn tags_take_the_place_of_those_there_were() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    for (key, tags, shown) in [
        ("a", r#"["vip","beta","vip"]"#, r#"{"tags":["beta","vip"]}"#),
        ("b", r#"["vip"]"#, r#"{"tags":["vip"]}"#),
        ("a", r#"["vip","beta"]"#, r#"{"tags":["beta","vip"]}"#),
    ] {
        let set = put(&app, &format!(r#"{{"tags":{tags}}}"#)).key(key).send().await;
        assert_eq!((set.status(), set.body()), (200, shown));
    }
    let kept = app.get(PATH).send().await;
    assert_eq!(kept.body(), r#"{"tags":["vip"]}"#, "a retry does nothing");
    let log = app.get("/api/admin/audit?action=users.tag").send().await.json();
    assert_eq!(log["total_count"], 2);
}

#[tokio::test]
async fn every_refusal_of_tags() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("setTags");
    let right = r#"{"tags":["vip"]}"#;
    cases.add_form(&app, &put(&app, right).key("k")).await;
    let many: Vec<_> = (0..33).map(|number| format!("\"t{number}\"")).collect();
    for (name, body) in [
        ("a tag that is none", r#"{"tags":["VIP"]}"#.to_owned()),
        ("a group of ours", r#"{"tags":["new_users"]}"#.to_owned()),
        ("too many", format!(r#"{{"tags":[{}]}}"#, many.join(","))),
    ] {
        cases.add(name, &put(&app, &body).send().await);
    }
    let nobody = app.call(Method::PUT, "/api/admin/users/9/tags").json(right).send().await;
    cases.add("nobody there", &nobody);
    put(&app, right).key("reused").send().await;
    cases.add("a key reused", &put(&app, r#"{"tags":[]}"#).key("reused").send().await);
    insta::assert_snapshot!(cases.finish());
}
