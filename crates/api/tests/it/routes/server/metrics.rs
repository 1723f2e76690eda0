//! `GET /metrics`

use testkit::TestApp;

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    for id in ["tx_1_3", "tx_1_4"] {
        app.get(&format!("/api/credits/transactions/{id}")).send().await;
    }
    app.get("/a/path/of/the/clients/own").send().await;
    let metrics = app.get("/metrics").without("authorization").send().await;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(metrics.header("content-type"), Some(kind));
    let route = r#"route="/api/credits/transactions/{id}",method="GET""#;
    for line in [
        &format!("credits_http_requests_total{{{route},status=\"200\"}} 1"),
        &format!("credits_http_requests_total{{{route},status=\"404\"}} 1"),
        r#"credits_http_requests_total{route="none",method="GET",status="404"} 1"#,
        r#"credits_http_request_duration_seconds_count{route="/api/credits/grants"} 1"#,
        "credits_ledger_head_seq 3",
        "credits_ledger_records_total 2",
        "credits_ledger_commits_total 2",
        "credits_ledger_queue_length 0",
        "credits_ledger_wallets_in_memory 1",
        "credits_ledger_stopped 0",
        "credits_ledger_clock_jump 0",
    ] {
        assert!(metrics.body().lines().any(|found| found == line), "{line}\n{metrics}");
    }
    assert!(metrics.body().contains("credits_ledger_projection_lag_records"));
    assert!(metrics.body().ends_with("# EOF\n"));
}

#[tokio::test]
async fn every_commit_is_counted_by_its_records_and_its_time() {
    let app = TestApp::start().await;
    app.customer_with("ada", "10").await;
    for key in ["a", "b", "c"] {
        let spend = r#"{"user_id":1,"amount":1}"#;
        let spent = app.post("/api/credits/spend").key(key).json(spend).send().await;
        assert_eq!(spent.status(), 201, "{spent}");
    }
    let metrics = app.get("/metrics").send().await;
    // The wallet, the grant, and the spends one after the other. The clock stands.
    for line in [
        "# TYPE credits_ledger_commit_records histogram",
        "credits_ledger_commit_records_sum 5.0",
        "credits_ledger_commit_records_count 5",
        r#"credits_ledger_commit_records_bucket{le="1.0"} 5"#,
        r#"credits_ledger_commit_records_bucket{le="4096.0"} 5"#,
        r#"credits_ledger_commit_records_bucket{le="+Inf"} 5"#,
        "# TYPE credits_ledger_commit_seconds histogram",
        "credits_ledger_commit_seconds_sum 0.0",
        "credits_ledger_commit_seconds_count 5",
        r#"credits_ledger_commit_seconds_bucket{le="0.0005"} 5"#,
        r#"credits_ledger_commit_seconds_bucket{le="1.0"} 5"#,
        r#"credits_ledger_commit_seconds_bucket{le="+Inf"} 5"#,
        "credits_ledger_commits_total 5",
    ] {
        assert!(metrics.body().lines().any(|found| found == line), "{line}\n{metrics}");
    }
}
