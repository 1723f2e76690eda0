//! `GET /api/credits/purchases/{id}/receipt` and `/receipt.pdf`

use testkit::TestApp;

use crate::cases::Cases;
use crate::routes::refunds::bought;

const PAGE: &str = "/api/credits/purchases/1/receipt";
const DOCUMENT: &str = "/api/credits/purchases/1/receipt.pdf";

#[tokio::test]
async fn a_receipt_says_what_was_bought_and_what_went_back() {
    let app = TestApp::start().await;
    bought(&app, "pi_3Pq9").await;
    app.patch("/api/admin/users/1").json(r#"{"name":"<b>Ada</b> & \"Søn\""}"#).send().await;
    let page = app.get(PAGE).send().await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("private, no-store"));
    assert!(page.header("content-security-policy").is_some());
    assert!(!page.body().contains("<b>") && !page.body().contains("Given back"));
    let refund = app.post("/api/admin/purchases/1/refund").key("k");
    refund.json(r#"{"amount":9.5,"reason":"x"}"#).send().await;
    insta::assert_snapshot!(app.get(PAGE).send().await.body());
}

#[tokio::test]
async fn the_document_is_a_pdf_of_its_own() {
    let app = TestApp::start().await;
    bought(&app, "pi_3Pq9").await;
    let document = app.get(DOCUMENT).send().await;
    assert_eq!(document.header("content-type"), Some("application/pdf"));
    let name = document.header("content-disposition");
    assert_eq!(name, Some("inline; filename=\"receipt-1.pdf\""));
    assert!(document.body().starts_with("%PDF-"));
}

#[tokio::test]
async fn what_is_not_paid_has_no_receipt() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    app.left_purchase(ada, None).await;
    for path in [PAGE, DOCUMENT] {
        assert_eq!(app.get(path).send().await.code(), "not_found");
    }
}

#[tokio::test]
async fn every_refusal_of_a_receipt() {
    for (operation, path) in [("getReceipt", PAGE), ("getReceiptPdf", DOCUMENT)] {
        let app = TestApp::start().await;
        bought(&app, "pi_1").await;
        let mut cases = Cases::of(operation);
        cases.add_form(&app, &app.get(path)).await;
        for (name, id) in [("not there", "/9/"), ("no id", "/x/")] {
            cases.add(name, &app.get(&path.replace("/1/", id)).send().await);
        }
        insta::assert_snapshot!(operation, cases.finish());
    }
}
