//! What users may do: who changes it, and what can't be changed.

use app::{Caller, Error, StatusChange, StatusRequest, StatusView, UserPatch};
use domain::{Reason, Role, Status, UserId};

use crate::desk::{Desk, new_user, person, plain, pointer, program, spend};

fn change(user: UserId, change: StatusChange) -> StatusRequest {
    let reason = Some(Reason::parse("for a test").unwrap());
    StatusRequest { user, change, reason, admin_notes: None }
}

async fn set(desk: &Desk, caller: &Caller, request: StatusRequest) -> Result<StatusView, Error> {
    desk.app.set_status(caller, None, request).await.map(|answer| answer.value)
}

async fn staff(desk: &Desk, name: &str, role: Role) -> UserId {
    let new = app::NewUser { role, ..new_user(name, Some(name)) };
    desk.app.create_user(&Caller::SYSTEM, None, new).await.unwrap().value.id
}

fn role(role: Role) -> UserPatch {
    UserPatch { role: Some(role), ..UserPatch::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admins_pause_and_nobody_else_does() {
    use StatusChange::{Pause, Resume, Suspend};
    let desk = Desk::open().await;
    let (ada, bob) = (desk.customer("ada", "1").await, desk.customer("bob", "1").await);
    for (caller, may) in [
        (person(bob, Role::Customer), false),
        (person(ada, Role::Customer), false),
        (person(bob, Role::Support), false),
        (person(bob, Role::Finance), false),
        (person(bob, Role::Admin), true),
        (program("giver", "credits:grant,credits:spend,credits:read"), false),
        (program("ops", "admin"), true),
    ] {
        for (asked, status) in
            [(Pause, Status::Paused), (Suspend, Status::Suspended), (Resume, Status::Active)]
        {
            match set(&desk, &caller, change(ada, asked)).await {
                Ok(view) => assert_eq!((view.status, may), (status, true), "{caller:?}"),
                Err(error) => assert!(matches!(error, Error::Forbidden) && !may, "{caller:?}"),
            }
        }
    }
    desk.app.spend(&person(ada, Role::Customer), None, spend(ada, plain("1"))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_stops_themselves_or_undoes_what_was_done_to_them() {
    let desk = Desk::open().await;
    let root = staff(&desk, "root", Role::Admin).await;
    staff(&desk, "other", Role::Admin).await;
    let caller = person(root, Role::Admin);
    for asked in [StatusChange::Pause, StatusChange::Suspend, StatusChange::Resume] {
        let refused = desk.app.set_status(&caller, None, change(root, asked)).await;
        assert_eq!(pointer(refused), "/user_id", "{asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_always_is_an_admin_who_is_not_suspended() {
    let desk = Desk::open().await;
    let (root, other) =
        (staff(&desk, "root", Role::Admin).await, staff(&desk, "other", Role::Admin).await);
    let ops = program("ops", "admin");
    set(&desk, &ops, change(root, StatusChange::Suspend)).await.unwrap();
    // A pause takes no admin away, a suspension, a demotion and an update do.
    set(&desk, &ops, change(other, StatusChange::Pause)).await.unwrap();
    let suspended = desk.app.set_status(&ops, None, change(other, StatusChange::Suspend)).await;
    assert_eq!(pointer(suspended), "/user_id");
    let demoted = desk.app.update_user(&ops, None, other, role(Role::Finance)).await;
    assert_eq!(pointer(demoted), "/role");
    let updated = desk.app.create_user(&ops, None, new_user("other", Some("other"))).await;
    assert_eq!(pointer(updated), "/role");

    set(&desk, &ops, change(root, StatusChange::Resume)).await.unwrap();
    desk.app.update_user(&ops, None, other, role(Role::Finance)).await.unwrap();
    let last = desk.app.update_user(&ops, None, root, role(Role::Customer)).await;
    assert_eq!(pointer(last), "/role");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_admins_who_are_taken_away_at_once_one_stays() {
    let desk = Desk::open().await;
    let (root, other) =
        (staff(&desk, "root", Role::Admin).await, staff(&desk, "other", Role::Admin).await);
    let ops = program("ops", "admin");
    for _ in 0..8 {
        let (suspended, demoted) = tokio::join!(
            set(&desk, &ops, change(root, StatusChange::Suspend)),
            desk.app.update_user(&ops, None, other, role(Role::Support)),
        );
        assert!(suspended.is_ok() != demoted.is_ok(), "{suspended:?} {demoted:?}");
        set(&desk, &ops, change(root, StatusChange::Resume)).await.unwrap();
        desk.app.update_user(&ops, None, other, role(Role::Admin)).await.unwrap();
    }
}
