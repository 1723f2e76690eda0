//! Users: one an external id, a wallet when it is needed, an answer kept.

use app::ledger::How;
use app::{Caller, Change, Error, UserKey, UserPatch};
use domain::{Email, Role};

use crate::desk::{Desk, act, amount, key, new_user, person, plain, pointer, program, spend, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_made_beside_the_server_gets_a_wallet_when_they_need_it() {
    let desk = Desk::open().await;
    let made = desk.elsewhere().await.create_user(act(), new_user("ada", None)).await.unwrap();
    assert_eq!(made.wallet, None);
    desk.grant(made.id, "5", app::GrantRequestTerms::default()).await;
    let worker = program("worker", "credits:spend");
    let spent = desk.app.spend(&worker, None, spend(made.id, plain("2"))).await.unwrap();
    assert_eq!(spent.value.balance_after, amount("3"));
    let found = desk.app.get_user(&Caller::SYSTEM, UserKey::Id(made.id)).await.unwrap();
    assert!(found.wallet.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_external_id_is_the_same_user() {
    let desk = Desk::open().await;
    let create = |name| desk.app.create_user(&Caller::SYSTEM, None, new_user(name, Some("x-1")));
    let first = create("ada").await.unwrap().value;
    desk.hands.pass(1_000_000);
    let second = create("ada.l").await.unwrap().value;
    assert_eq!((second.id, second.email.as_str()), (first.id, "ada.l@example.com"));
    assert!(second.updated_at > first.updated_at && second.created_at == first.created_at);
    let external = UserKey::External(text("x-1"));
    let found = desk.app.get_user(&Caller::SYSTEM, external).await.unwrap();
    assert_eq!((found.id, found.name), (first.id, text("ada.l")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_has_one_user_whatever_its_case() {
    let desk = Desk::open().await;
    desk.customer("ada", "0").await;
    let mut other = new_user("bob", None);
    other.email = Email::parse("ADA@example.com").unwrap();
    assert_eq!(pointer(desk.app.create_user(&Caller::SYSTEM, None, other).await), "/email");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keyed_change_is_answered_the_same_whatever_came_after_it() {
    let desk = Desk::open().await;
    let admin = program("admin", "admin");
    let made = desk.app.create_user(&admin, Some(key("k")), new_user("ada", None)).await.unwrap();
    let patch = UserPatch {
        role: Some(Role::Support),
        external_id: Change::Set(text("x-1")),
        ..UserPatch::default()
    };
    let id = made.value.id;
    let patched = desk.app.update_user(&admin, Some(key("p")), id, patch.clone()).await.unwrap();
    assert_eq!(patched.value.role, Role::Support);
    let clear = UserPatch { external_id: Change::Clear, ..UserPatch::default() };
    desk.app.update_user(&admin, Some(key("q")), id, clear).await.unwrap();

    let again = desk.app.create_user(&admin, Some(key("k")), new_user("ada", None)).await.unwrap();
    assert_eq!((again.how, again.value.role), (How::Replayed, Role::Customer));
    let again = desk.app.update_user(&admin, Some(key("p")), id, patch).await.unwrap();
    assert_eq!((again.how, again.value.external_id), (How::Replayed, Some(text("x-1"))));
    let other = desk.app.create_user(&admin, Some(key("k")), new_user("bob", None)).await;
    assert!(matches!(other, Err(Error::KeyReused)), "{other:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_spends_their_own_and_nobody_elses() {
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "5").await, desk.customer("bob", "5").await);
    let caller = person(ada, Role::Customer);
    assert!(desk.app.spend(&caller, None, spend(ada, plain("1"))).await.is_ok());
    for user in [bob, domain::UserId::from_number(4_711)] {
        let refused = desk.app.spend(&caller, None, spend(user, plain("1"))).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    }
    let listed = desk.app.list_users(&caller, app::UserFilter::default(), app::Page::FIRST).await;
    assert!(matches!(listed, Err(Error::Forbidden)), "{listed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_of_a_user_is_in_the_audit_log() {
    let desk = Desk::open().await;
    let admin = Caller { request: Some(text("req-1")), ..program("admin", "admin") };
    let made = desk.app.create_user(&admin, None, new_user("ada", None)).await.unwrap().value;
    let patch = UserPatch { role: Some(Role::Admin), ..UserPatch::default() };
    desk.app.update_user(&admin, None, made.id, patch.clone()).await.unwrap();
    desk.app.update_user(&admin, None, made.id, patch).await.unwrap();
    let subject = format!("user:{}", made.id);
    let log = desk.db.read::<_, store::Error, _>(move |tx| {
        Box::pin(async move {
            let page = store::Page::numbered(1, 10);
            tx.all(store::audit::by_subject(&subject, page)).await
        })
    });
    let log = log.await.unwrap();
    let told: Vec<_> = log.iter().map(|logged| logged.entry.action.as_str()).collect();
    assert_eq!(told, ["users.update", "users.create"], "what changed nothing is not in it");
    let update = &log[0].entry;
    assert_eq!((update.actor.as_str(), update.request_id.as_deref()), ("key:admin", Some("req-1")));
    assert!(update.before.as_ref().unwrap().contains(r#""role":"customer""#));
    assert!(update.after.as_ref().unwrap().contains(r#""role":"admin""#));
}
