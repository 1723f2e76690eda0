//! People at work: what they may do follows their stored role and the state of
//! their wallet within a second, and a cookie is no use to another site.

use domain::{Role, Status, Time};
use testkit::{PASSWORD, TestApp};

#[tokio::test]
async fn a_demotion_is_seen_within_a_second() {
    let app = TestApp::start().await;
    // Somebody stays who can undo it.
    app.sign_in("other@example.com", Role::Admin).await;
    let root = app.sign_in("root@example.com", Role::Admin).await;
    assert_eq!(root.get("/api/admin/users").send().await.status(), 200);
    let path = format!("/api/admin/users/{}", root.id);
    assert_eq!(app.patch(&path).json(r#"{"role":"support"}"#).send().await.status(), 200);
    app.hands().pass(Time::SECOND);
    assert_eq!(root.get("/api/admin/users").send().await.code(), "forbidden");
    assert_eq!(root.get("/api/auth/me").send().await.text("/role"), "support");
}

#[tokio::test]
async fn who_is_stopped_or_demoted_here_has_no_moment_left_to_undo_it() {
    let app = TestApp::start().await;
    let root = app.sign_in("root@example.com", Role::Admin).await;
    let other = app.sign_in("other@example.com", Role::Admin).await;
    assert_eq!(other.get("/api/admin/users").send().await.status(), 200);
    let body = format!(r#"{{"user_id":{},"reason":"x"}}"#, other.id);
    let suspended = root.post("/api/admin/credits/suspend").json(body.clone()).send().await;
    assert_eq!(suspended.status(), 200, "{suspended}");
    let resume = other.post("/api/admin/credits/resume").json(body.clone()).send().await;
    assert_eq!(resume.code(), "unauthenticated");
    let resume =
        root.post("/api/admin/credits/resume").json(format!(r#"{{"user_id":{}}}"#, other.id));
    assert_eq!(resume.send().await.status(), 200);
    assert_eq!(other.get("/api/auth/me").send().await.code(), "unauthenticated", "it ended");
    let other = app.sign_in("other@example.com", Role::Admin).await;
    let own =
        other.post("/api/admin/credits/resume").json(format!(r#"{{"user_id":{}}}"#, other.id));
    assert_eq!(own.send().await.status(), 422, "nobody undoes what was done to them");
    let path = format!("/api/admin/users/{}", other.id);
    assert_eq!(root.patch(&path).json(r#"{"role":"support"}"#).send().await.status(), 200);
    let back = other.patch(&path).json(r#"{"role":"admin"}"#).send().await;
    assert_eq!(back.code(), "forbidden");
}

#[tokio::test]
async fn an_admin_who_can_not_sign_in_is_not_the_one_who_stays() {
    let app = TestApp::start().await;
    let root = app.sign_in("root@example.com", Role::Admin).await;
    let ghost = r#"{"email":"ghost@example.com","name":"Ghost","role":"admin"}"#;
    assert_eq!(root.post("/api/admin/users").json(ghost).send().await.status(), 201);
    let path = format!("/api/admin/users/{}", root.id);
    let demoted = root.patch(&path).json(r#"{"role":"customer"}"#).send().await;
    assert_eq!((demoted.status(), demoted.code().as_str()), (422, "invalid_request"));
}

#[tokio::test]
async fn a_hold_of_a_stranger_and_a_missing_one_look_the_same_to_a_customer() {
    let app = TestApp::start().await;
    app.customer_with("ada", "20").await;
    let hold = |key: &'static str| {
        app.post("/api/credits/holds").key(key).json(r#"{"user_id":1,"amount":5}"#).send()
    };
    let open = hold("open").await.text("/id");
    let settled = hold("settled").await.text("/id");
    let release = format!("/api/credits/holds/{settled}/release");
    assert_eq!(app.post(&release).key("r").send().await.status(), 200);
    let bob = app.sign_in("bob@example.com", Role::Customer).await;
    for (verb, body) in [
        ("capture", r#"{"amount":1}"#),
        // More than it holds.
        ("capture", r#"{"amount":9}"#),
        ("extend", r#"{"expires_in":90}"#),
        ("release", "{}"),
    ] {
        let call = |hold: &str| {
            bob.post(&format!("/api/credits/holds/{hold}/{verb}")).key("k").json(body).send()
        };
        let missing = call("hold_1_999").await;
        assert_eq!(missing.code(), "not_found", "{verb}: {missing}");
        for theirs in [&open, &settled] {
            assert_eq!(call(theirs).await.to_string(), missing.to_string(), "{verb}");
        }
    }
    let kept = app.get(&format!("/api/credits/holds/{open}")).send().await;
    assert_eq!(kept.text("/status"), "open", "{kept}");
}

#[tokio::test]
async fn a_suspension_stops_sessions_within_a_second_and_lets_nobody_in() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    assert_eq!(ada.get("/api/credits/balance").send().await.status(), 200);
    app.set_status(ada.id, Status::Suspended).await;
    app.hands().pass(Time::SECOND);
    assert_eq!(ada.get("/api/credits/balance").send().await.code(), "unauthenticated");
    let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#);
    let refused = app.post("/api/auth/login").json(body).send().await;
    assert_eq!((refused.status(), refused.code().as_str()), (409, "account_suspended"));
    for status in [Status::Paused, Status::Active] {
        app.set_status(ada.id, status).await;
        app.hands().pass(Time::SECOND);
        let again = app.sign_in("ada@example.com", Role::Customer).await;
        assert_eq!(again.get("/api/credits/balance").send().await.status(), 200, "{status:?}");
    }
    // The log has read the records by then, and ended what there was before.
    assert_eq!(app.get("/api/admin/audit").send().await.status(), 200);
    app.hands().pass(Time::SECOND);
    assert_eq!(ada.get("/api/credits/balance").send().await.code(), "unauthenticated");
}

#[tokio::test]
async fn sessions_are_known_and_begun_while_the_clock_waits_to_be_confirmed() {
    let app = TestApp::start().await;
    let root = app.sign_in("root@example.com", Role::Admin).await;
    app.hands().set_wall_by(3_600 * Time::SECOND);
    app.hands().pass(Time::SECOND);
    let again = app.sign_in("root@example.com", Role::Admin).await;
    assert_eq!(again.get("/api/auth/me").send().await.status(), 200);
    assert_eq!(root.post("/api/admin/clock/confirm").send().await.status(), 204);
    assert_eq!(root.get("/api/auth/me").send().await.status(), 200);
}

#[tokio::test]
async fn a_cookie_changes_nothing_for_another_site() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let cookie = format!("theme=dark; __Host-credits_session={}", ada.token);
    let quote = app.post("/api/credits/quote").without("authorization");
    let quote = quote.header("cookie", &cookie);
    let quote = quote.json(r#"{"service":"ai_chat","quantities":{"requests":1}}"#);
    let own = format!("http://{}", app.address());
    for (header, value, status) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("origin", "https://evil.example", 403),
        ("x-no", "origin at all", 403),
        ("sec-fetch-site", "same-origin", 200),
        ("sec-fetch-site", "none", 200),
        ("origin", &own, 200),
    ] {
        let answer = quote.again().header(header, value).send().await;
        assert_eq!(answer.status(), status, "{header}: {value}: {answer}");
    }
    let refused = quote.again().header("sec-fetch-site", "cross-site").send().await;
    insta::assert_snapshot!(refused);
    let bearer = quote.by(&ada.token).header("sec-fetch-site", "cross-site").send().await;
    assert_eq!(bearer.status(), 200, "a bearer is sent by nobody but its owner");
    let look = app.get("/api/credits/balance").without("authorization").header("cookie", &cookie);
    assert_eq!(look.header("sec-fetch-site", "cross-site").send().await.status(), 200);
}

#[tokio::test]
async fn a_key_in_a_cookie_and_a_cookie_beside_a_bad_bearer_are_nothing() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    let key = app.key("worker", "admin").await;
    let me = app.get("/api/admin/users").without("authorization");
    let in_cookie = me.again().header("cookie", &format!("__Host-credits_session={key}"));
    assert_eq!(in_cookie.send().await.status(), 401);
    let cookie = format!("__Host-credits_session={}", ada.token);
    let beside = app.get("/api/auth/me").by("sk_wrong").header("cookie", &cookie);
    assert_eq!(beside.send().await.status(), 401);
}

#[tokio::test]
async fn a_role_is_told_what_it_lacks() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com", Role::Customer).await;
    insta::assert_snapshot!(ada.post("/api/credits/grants").send().await);
}
