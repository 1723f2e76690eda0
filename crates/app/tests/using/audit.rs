//! The audit log: every privileged record is in it, whoever made it.

use app::audit::{AuditEntry, AuditFilter};
use app::{Caller, CorrectionRequest, Error, GrantRequest, GrantRequestTerms, Page, Whose};
use domain::{Description, Reason, Role, Source, UserId};
use ledger::{Actor, Command, Order};

use crate::desk::{Desk, amount, hold, person, plain, program, spend, text};

async fn log(desk: &Desk, subject: &str) -> Vec<AuditEntry> {
    let filter = AuditFilter { subject: Some(text(subject)), ..AuditFilter::default() };
    desk.audit.list(&Caller::SYSTEM, filter, Page::FIRST).await.unwrap().items
}

fn actions(entries: &[AuditEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.action.as_str()).collect()
}

fn grant(user: UserId, source: Source) -> GrantRequest {
    let description = Description::parse("for a test").unwrap();
    let terms = GrantRequestTerms::default();
    GrantRequest { whose: Whose::User(user), amount: amount("5"), source, description, terms }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_answered_is_in_the_log() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let finance = Caller { request: Some(text("req-7")), ..person(ada, Role::Finance) };
    for round in 1..=20 {
        let request = CorrectionRequest {
            user: ada,
            amount: amount("1"),
            reason: Reason::parse("why").unwrap(),
            admin_notes: Some(Description::parse("notes").unwrap()),
        };
        desk.app.add_credits(&finance, None, request).await.unwrap();
        let log = log(&desk, "user:1").await;
        assert_eq!(log.iter().filter(|entry| entry.action == "credits.add").count(), round);
        let entry = &log[0];
        assert_eq!((entry.actor.as_str(), entry.request_id.as_deref()), ("user:1", Some("req-7")));
        assert_eq!(entry.reason.as_deref(), Some("why"));
        assert_eq!(entry.admin_notes.as_deref(), Some("notes"));
        assert_eq!(entry.before, Some(format!(r#"{{"balance":{}}}"#, round - 1)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_users_do_with_their_own_is_not_in_it_and_what_they_are_given_is() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    let own = person(ada, Role::Finance);
    desk.app.grant(&own, None, grant(ada, Source::Purchase)).await.unwrap();
    desk.app.spend(&own, None, spend(ada, plain("1"))).await.unwrap();
    desk.app.authorize(&own, None, hold(ada, plain("1"))).await.unwrap();
    let seen = log(&desk, "user:1").await;
    assert_eq!(actions(&seen), ["credits.grant", "users.create"], "nobody gives unseen");
    desk.app.grant(&own, None, grant(ada, Source::Admin)).await.unwrap();
    let other = program("shop", "credits:grant");
    desk.app.grant(&other, None, grant(ada, Source::Purchase)).await.unwrap();
    let log = log(&desk, "user:1").await;
    assert_eq!(actions(&log), ["credits.grant", "credits.add", "credits.grant", "users.create"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_takes_the_words_out_of_the_log_and_is_in_it() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "5").await;
    let found = log(&desk, "user:1").await;
    let (reason, seq) = (found[0].reason.as_deref(), found[0].seq.unwrap());
    assert_eq!((ada.number(), reason), (1, Some("for a test")));
    let erase = Order::bare(Actor::User(9), Command::Erase(seq));
    desk.app.ledger().submit(erase).await.unwrap();
    assert_eq!(log(&desk, "user:1").await[0].reason, None);
    let erased = log(&desk, &format!("record:{seq}")).await;
    assert_eq!((actions(&erased), erased[0].actor.as_str()), (vec!["records.erase"], "user:9"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admins_read_the_log_and_nobody_else_does() {
    let desk = Desk::open().await;
    let ada = desk.customer("ada", "0").await;
    for (caller, may) in [
        (person(ada, Role::Customer), false),
        (person(ada, Role::Support), false),
        (person(ada, Role::Finance), false),
        (person(ada, Role::Admin), true),
        (program("reader", "credits:read,credits:grant,credits:spend"), false),
        (program("ops", "admin"), true),
    ] {
        let read = desk.audit.list(&caller, AuditFilter::default(), Page::FIRST).await;
        assert_eq!(matches!(read, Err(Error::Forbidden)), !may, "{caller:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_read_the_holds_and_grants_of_anyone() {
    let desk = Desk::open().await;
    let (ada, staff) = (desk.customer("ada", "5").await, desk.customer("staff", "0").await);
    desk.app.authorize(&Caller::SYSTEM, None, hold(ada, plain("1"))).await.unwrap();
    for role in [Role::Support, Role::Finance, Role::Admin] {
        let caller = person(staff, role);
        let grants = desk.app.list_grants(&caller, Whose::User(ada), None, Page::FIRST).await;
        let holds = desk.app.list_holds(&caller, Whose::User(ada), None, Page::FIRST).await;
        assert_eq!((grants.unwrap().total, holds.unwrap().total), (1, 1), "{role:?}");
    }
    let other = person(staff, Role::Customer);
    let grants = desk.app.list_grants(&other, Whose::User(ada), None, Page::FIRST).await;
    let holds = desk.app.list_holds(&other, Whose::User(ada), None, Page::FIRST).await;
    assert!(matches!((grants, holds), (Err(Error::Forbidden), Err(Error::Forbidden))));
}
