//! `POST /api/admin/clock/confirm`, and the header that moves a test clock.

use domain::Mode;
use testkit::{TestApp, TestBook};

use crate::cases::Cases;

const PATH: &str = "/api/admin/clock/confirm";
const SPEND: &str = r#"{"user_id":1,"amount":1}"#;

#[tokio::test]
async fn after_a_jump_mutations_wait_until_a_person_confirms_the_time() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    app.hands().set_wall_by(3_600_000_000);
    let refused = app.post("/api/credits/spend").key("s").json(SPEND).send().await;
    insta::assert_snapshot!("a_mutation_while_the_clock_waits", refused);
    assert_eq!(app.get("/readyz").send().await.code(), "clock_jump");
    insta::assert_snapshot!("a_confirmation", app.post(PATH).send().await);
    assert_eq!(app.get("/readyz").send().await.status(), 200);
    let spent = app.post("/api/credits/spend").key("s").json(SPEND).send().await;
    assert_eq!(spent.status(), 201, "a clock that jumped decided nothing: {spent}");
}

#[tokio::test]
async fn every_refusal_of_a_confirmation() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("confirmClock");
    cases.add_form(&app, &app.post(PATH)).await;
    insta::assert_snapshot!(cases.finish());
}

#[tokio::test]
async fn an_admin_moves_the_clock_of_a_test_book() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let balance = || app.get("/api/credits/balance?user_id=1");
    let moved = balance().header("x-test-clock", "2027-01-01T00:00:00Z").send().await;
    assert_eq!(moved.text("/at"), "2027-01-01T00:00:00Z");
    assert_eq!(balance().send().await.text("/at"), "2027-01-01T00:00:00Z", "it stays there");
    let back = balance().header("x-test-clock", "2026-12-01T00:00:00Z").send().await;
    assert_eq!(back.text("/at"), "2027-01-01T00:00:00Z", "and never goes back");
}

#[tokio::test]
async fn nobody_else_moves_a_clock() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let reader = app.key("reader", "credits:read").await;
    let balance = app.get("/api/credits/balance?user_id=1");
    let call = balance.again().header("x-test-clock", "2027-01-01T00:00:00Z");
    assert_eq!(call.by(&reader).send().await.code(), "forbidden");
    let wrong = balance.again().header("x-test-clock", "tomorrow").send().await;
    assert_eq!(wrong.code(), "invalid_request");
    let live = TestApp::start_with(TestBook { mode: Mode::Live, ..TestBook::default() }).await;
    live.customer("ada").await;
    let call = live.get("/api/credits/balance?user_id=1");
    let refused = call.header("x-test-clock", "2027-01-01T00:00:00Z").send().await;
    assert_eq!(refused.code(), "forbidden");
}
