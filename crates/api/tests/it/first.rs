//! First.
use testkit::TestApp;

#[tokio::test]
async fn first() {
    let app = TestApp::start().await;
    let user = app.customer_with("ada", "500").await;
    let a = app.post("/api/credits/spend").key("a").json(format!(r#"{{"user_id":{user},"amount":2.5,"metadata":{{"a":[1,"x"]}}}}"#)).send().await;
    println!("{a}");
    for path in ["/healthz", "/readyz", "/metrics", "/api/credits/balance?user_id=1", "/api/credits/transactions?user_id=1", "/nope", "/api/admin/ledger/trial-balance", "/api/admin/ledger/checkpoint", "/api/admin/ledger/export"] {
        println!("{path}\n{}", app.get(path).send().await);
    }
    println!("{}", app.post("/api/admin/ledger/verify").send().await);
    println!("{}", app.post("/healthz").send().await);
}
