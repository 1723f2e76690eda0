//! `GET /api/credits/summary`

use domain::{Status, UserId};
use testkit::{Answer, TestApp};

use crate::cases::Cases;

const PATH: &str = "/api/credits/summary";
const DAY: i64 = 86_400_000_000;

async fn summary(app: &TestApp, user: UserId) -> Answer {
    app.get(PATH).and_query(&format!("user_id={user}")).send().await
}

async fn post(app: &TestApp, path: &str, body: &str) -> Answer {
    let key = body.chars().filter(char::is_ascii_graphic).collect::<String>();
    let done = app.post(path).key(&key).json(body.to_owned()).send().await;
    assert!([200, 201].contains(&done.status()), "{done}");
    done
}

#[tokio::test]
async fn a_user_who_never_had_credits_has_a_summary_of_nothing() {
    let app = TestApp::start().await;
    let user = app.customer("ada").await;
    insta::assert_snapshot!(summary(&app, user).await);
}

#[tokio::test]
async fn a_busy_month_is_summed_by_what_came_in_was_spent_and_went_otherwise() {
    let app = TestApp::start().await;
    let user = app.customer_with("ada", "100").await;
    app.customer_with("bob", "7").await;
    let promotion = r#"{"user_id":1,"amount":20,"source":"promotion","description":"Welcome",
        "expires_at":"2026-11-24T00:00:00Z","priority":90}"#;
    post(&app, "/api/credits/grants", promotion).await;
    post(&app, "/api/credits/spend", r#"{"user_id":1,"amount":2.250001}"#).await;
    let hold = post(&app, "/api/credits/holds", r#"{"user_id":1,"amount":30}"#).await;
    let capture = format!("/api/credits/holds/{}/capture", hold.text("/id"));
    post(&app, &capture, r#"{"amount":10.5}"#).await;
    app.hands().pass(DAY);
    // The promotion has expired since: the read settles it first.
    insta::assert_snapshot!(summary(&app, user).await);
}

#[tokio::test]
async fn a_paused_user_reads_their_summary_and_a_suspended_one_has_one_too() {
    let app = TestApp::start().await;
    let user = app.customer_with("ada", "5").await;
    for (status, word) in
        [(Status::Paused, "paused"), (Status::Suspended, "suspended"), (Status::Active, "active")]
    {
        app.set_status(user, status).await;
        let summary = summary(&app, user).await;
        assert_eq!(summary.json()["credit_status"], word, "{summary}");
        assert_eq!(summary.json()["total_transactions"], 1, "a status is no transaction");
        assert_eq!(summary.json()["current_balance"], 5);
    }
}

#[tokio::test]
async fn a_month_ends_at_midnight_in_utc() {
    let app = TestApp::start().await;
    let user = app.customer_with("ada", "100").await;
    let clock = |time: &str| app.get("/api/admin/users/1").header("x-test-clock", time).send();
    for (time, amount, spent, starts) in [
        ("2026-11-30T23:59:58Z", 1, 1, "2026-11-01T00:00:00Z"),
        ("2026-12-01T00:00:00Z", 2, 2, "2026-12-01T00:00:00Z"),
        ("2026-12-31T23:59:58Z", 3, 5, "2026-12-01T00:00:00Z"),
        ("2027-01-01T00:00:00Z", 4, 4, "2027-01-01T00:00:00Z"),
    ] {
        assert_eq!(clock(time).await.status(), 200);
        let spend = format!(r#"{{"user_id":1,"amount":{amount}}}"#);
        post(&app, "/api/credits/spend", &spend).await;
        let summary = summary(&app, user).await.json();
        assert_eq!(summary["monthly_credits_spent"], spent, "{time}");
        assert_eq!(summary["month_starts_at"], starts, "{time}");
    }
    clock("2027-02-01T00:00:00Z").await;
    let summary = summary(&app, user).await.json();
    assert_eq!(
        (&summary["current_balance"], &summary["total_transactions"]),
        (&90.into(), &0.into())
    );
}

#[tokio::test]
async fn the_cost_is_rounded_half_even_to_the_cent() {
    let app = TestApp::start().await;
    let user = app.customer_with("ada", "100").await;
    // 0.05, 0.15 and 0.25 credits in all: 0.5, 1.5 and 2.5 cents.
    for (key, amount, cost) in [("a", "0.05", 0.0), ("b", "0.1", 0.02), ("c", "0.10", 0.02)] {
        let spend = format!(r#"{{"user_id":1,"amount":{amount}}}"#);
        let spent = app.post("/api/credits/spend").key(key).json(spend).send().await;
        assert_eq!(spent.status(), 201, "{spent}");
        let summary = summary(&app, user).await;
        assert_eq!(summary.json()["estimated_monthly_cost"], cost, "{summary}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_summary() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut cases = Cases::of("getSummary");
    cases.add_form(&app, &app.get("/api/credits/summary?user_id=1")).await;
    for (name, query) in [
        ("nobody named", ""),
        ("named twice", "user_id=1&external_id=u-7"),
        ("no id", "user_id=ada"),
        ("nobody there", "user_id=99"),
        ("nobody there of that id", "external_id=u-99"),
    ] {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
