//! `GET /api/credits/packages`

use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/credits/packages";

#[tokio::test]
async fn a_new_book_offers_three_packages_to_everyone() {
    let app = TestApp::start().await;
    let open = app.get(PATH).without("authorization").send().await;
    insta::assert_snapshot!(open);
    assert_eq!(app.get(PATH).send().await.body(), open.body());
}

#[tokio::test]
async fn every_refusal_of_a_list_of_packages() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listCreditPackages");
    cases.add("a token that names nobody", &app.get(PATH).by("sk_nobody").send().await);
    let key = app.key("reader", "credits:read").await;
    let clock = app.get(PATH).by(&key).header("x-test-clock", "2027-01-01T00:00:00Z");
    cases.add("moving the clock", &clock.send().await);
    insta::assert_snapshot!(cases.finish());
}
