//! `GET /api/subscriptions/{id}/periods`

use domain::Role;
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/subscriptions/1/periods";

#[tokio::test]
async fn periods_say_what_was_paid_and_which_transaction_gave_the_credits() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    insta::assert_snapshot!(app.get(PATH).send().await);
    let bob = app.sign_in("bob@example.com", Role::Customer).await;
    assert_eq!(bob.get(PATH).send().await.status(), 404, "another's look like none");
}

#[tokio::test]
async fn every_refusal_of_a_list_of_periods() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    app.subscribe("1", 1).await;
    let mut cases = Cases::of("listSubscriptionPeriods");
    cases.add_form(&app, &app.get(PATH)).await;
    cases.add("none there", &app.get("/api/subscriptions/9/periods").send().await);
    cases.add("an id that is none", &app.get("/api/subscriptions/x/periods").send().await);
    insta::assert_snapshot!(cases.finish());
}
