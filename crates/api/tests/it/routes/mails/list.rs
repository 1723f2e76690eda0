//! `GET /api/admin/mails`

use domain::MailKind;
use testkit::TestApp;

use crate::cases::Cases;

const PATH: &str = "/api/admin/mails";

#[tokio::test]
async fn mails_come_newest_first_by_user_and_kind() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.customer("ada").await, app.customer("bob").await);
    app.queue_mail(ada, MailKind::LowBalance, "1").await;
    app.queue_mail(bob, MailKind::LowBalance, "2").await;
    app.queue_mail(bob, MailKind::CreditsExpiring, "2").await;
    insta::assert_snapshot!(app.get(PATH).and_query("page_size=2").send().await);
    for (query, count) in [
        (format!("user_id={bob}"), 2),
        (format!("user_id={bob}&kind=low_balance"), 1),
        ("kind=low_balance".to_owned(), 2),
        ("user_id=99".to_owned(), 0),
    ] {
        let found = app.get(PATH).and_query(&query).send().await;
        assert_eq!(found.json()["total_count"], count, "{query}: {found}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_list_of_mails() {
    let app = TestApp::start().await;
    let mut cases = Cases::of("listMails");
    cases.add_form(&app, &app.get(PATH)).await;
    for (name, query) in
        [("another kind", "kind=spam"), ("no user", "user_id=ada"), ("page 0", "page=0")]
    {
        cases.add(name, &app.get(PATH).and_query(query).send().await);
    }
    insta::assert_snapshot!(cases.finish());
}
