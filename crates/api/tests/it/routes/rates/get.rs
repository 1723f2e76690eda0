//! `GET /api/credits/rate`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/credits/rate";

#[tokio::test]
async fn the_rate_is_for_everyone_to_see() {
    let app = TestApp::start().await;
    let open = app.get(PATH).without("authorization").send().await;
    insta::assert_snapshot!(open);
    let key = app.key("reader", "credits:read").await;
    assert_eq!(app.get(PATH).by(&key).send().await.body(), open.body(), "a key is no person");
}

#[tokio::test]
async fn every_refusal_of_a_rate() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("getCreditRate");
    cases.add("a token that names nobody", &app.get(PATH).by("sk_nobody").send().await);
    let basic = app.get(PATH).header("authorization", "Basic YTpi").send().await;
    cases.add("another scheme", &basic);
    let key = app.key("reader", "credits:read").await;
    let clock = app.get(PATH).by(&key).header("x-test-clock", "2027-01-01T00:00:00Z");
    cases.add("moving the clock", &clock.send().await);
    insta::assert_snapshot!(cases.finish());
}
