//! `GET /errors/{code}`

use testkit::TestApp;

use crate::cases::DOCUMENT;

#[tokio::test]
async fn the_type_of_a_problem_leads_to_its_page() {
    let app = TestApp::start().await;
    let problem = app.get("/nowhere").send().await;
    let page = app.get(&problem.text("/type")).without("authorization").send().await;
    assert_eq!(page.header("content-type"), Some("text/markdown; charset=utf-8"));
    assert!(page.body().starts_with("# not_found\n"), "{page}");
}

#[tokio::test]
async fn every_code_has_its_page_with_a_true_example() {
    for code in api::Code::ALL {
        let page = code.page();
        assert!(page.starts_with(&format!("# {}\n", code.as_str())), "{code:?}");
        let example = page.split("```json\n").nth(1).and_then(|rest| rest.split("```").next());
        let example: serde_json::Value = serde_json::from_str(example.unwrap()).unwrap();
        assert_eq!(example["code"], code.as_str());
        assert_eq!(example["type"], format!("/errors/{}", code.as_str()));
        assert_eq!(example["status"], code.status().as_u16(), "{code:?}");
        assert_eq!(example["title"], code.title(), "{code:?}");
    }
}

#[tokio::test]
async fn a_code_that_no_endpoint_answers_says_so_on_its_page() {
    let operations = DOCUMENT["paths"].to_string();
    for code in api::Code::ALL {
        // A method that no operation has is documented by none.
        let answered = code == api::Code::MethodNotAllowed
            || operations.contains(&format!("`{}`", code.as_str()));
        let says_no = code.page().contains("so none answers this.");
        assert_ne!(answered, says_no, "{code:?}");
    }
}

#[tokio::test]
async fn an_unknown_code_has_no_page() {
    let app = TestApp::start().await;
    insta::assert_snapshot!(app.get("/errors/nope").send().await);
}
