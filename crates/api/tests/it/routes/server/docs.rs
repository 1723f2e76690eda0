//! `GET /docs/`: the page, its files, and what it may load.

use testkit::TestApp;

#[tokio::test]
async fn the_page_is_there_for_everyone_and_loads_only_what_is_ours() {
    let app = TestApp::start().await;
    let page = app.get("/docs/").without("authorization").send().await;
    assert_eq!(page.status(), 200);
    assert_eq!(page.header("content-type"), Some("text/html"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!page.body().contains("://"), "an address of somewhere else: {page}");
    let named = page.body().split(['"', '\'']).filter_map(|part| part.strip_prefix("./"));
    let files: Vec<_> = named.chain(["index.css"]).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        let answer = app.get(&format!("/docs/{file}")).without("authorization").send().await;
        assert_eq!(answer.status(), 200, "{file}");
    }
}

#[tokio::test]
async fn it_shows_this_servers_description_and_asks_nobody_to_validate_it() {
    let app = TestApp::start().await;
    let script = app.get("/docs/swagger-initializer.js").send().await;
    assert!(script.body().contains(r#""url": "/openapi.json""#), "{script}");
    assert!(script.body().contains(r#""validatorUrl": "none""#), "{script}");
}

#[tokio::test]
async fn its_address_without_the_slash_leads_there_and_nothing_else_is_there() {
    let app = TestApp::start().await;
    let problem = app.get("/docs/nothing.js").send().await;
    assert_eq!((problem.status(), problem.code().as_str()), (404, "not_found"));
    let page = app.get("/docs").send().await;
    assert_eq!(page.status(), 200, "the redirect was followed");
    assert!(page.body().contains("swagger-ui"), "{page}");
}
